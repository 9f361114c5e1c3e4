import jwt from 'jsonwebtoken'

export async function whoIs(ctx, next) {
  const token = ctx.get('Authorization').replace('Bearer ', '')
  const claims = jwt.decode(token)
  if (claims === null) ctx.throw(401)
  ctx.state.user = claims
  await next()
}
