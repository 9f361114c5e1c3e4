import jwt from 'jsonwebtoken'

const secret = process.env.JWT_SECRET

export function signToken(payload, expiresIn) {
  return jwt.sign(payload, secret, { expiresIn, audience: 'chat', issuer: 'chat' })
}

export function verifyToken(token) {
  return jwt.verify(token, secret, { algorithms: ['HS256'], audience: 'chat', issuer: 'chat' })
}
