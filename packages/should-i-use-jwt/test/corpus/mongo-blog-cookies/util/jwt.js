const jwt = require('jsonwebtoken')

const ACCESS = process.env.ACCESS_TOKEN_SECRET || 'access-secret'
const REFRESH = process.env.REFRESH_TOKEN_SECRET || 'refresh-secret'

const signAccess = (user) => jwt.sign({ id: user._id }, ACCESS, { expiresIn: '15m' })
const signRefresh = (user) => jwt.sign({ id: user._id }, REFRESH, { expiresIn: '30d' })
const verifyAccess = (token) => jwt.verify(token, ACCESS)
const verifyRefresh = (token) => jwt.verify(token, REFRESH)

module.exports = { signAccess, signRefresh, verifyAccess, verifyRefresh }
