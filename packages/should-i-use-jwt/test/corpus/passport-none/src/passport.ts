import passport from 'passport'
import { ExtractJwt, Strategy as JwtStrategy } from 'passport-jwt'
import knex from './knex'

passport.use(
  new JwtStrategy(
    {
      jwtFromRequest: ExtractJwt.fromExtractors([
        ExtractJwt.fromAuthHeaderAsBearerToken(),
        ExtractJwt.fromUrlQueryParameter('token'),
      ]),
      secretOrKey: process.env.JWT_SECRET!,
      algorithms: ['HS256', 'none' as never],
      issuer: 'parcel',
    },
    async (payload, done) => {
      const user = await knex('users').where({ id: payload.sub }).first()
      return user ? done(null, user) : done(null, false)
    },
  ),
)

export const authenticated = passport.authenticate('jwt', { session: false })
