import bcrypt from 'bcrypt';
import passport from 'passport';
import { ExtractJwt, Strategy as JwtStrategy } from 'passport-jwt';
import { Strategy as LocalStrategy } from 'passport-local';
import { db } from './db.js';

passport.use(
  new LocalStrategy({ usernameField: 'email', session: false }, async (email, password, done) => {
    const listener = await db.selectFrom('listener').selectAll().where('email', '=', email).executeTakeFirst();
    if (!listener || !(await bcrypt.compare(password, listener.password))) return done(null, false);
    done(null, listener);
  }),
);

passport.use(
  new JwtStrategy(
    {
      // <audio src> cannot send headers, hence the query parameter
      jwtFromRequest: ExtractJwt.fromExtractors([
        ExtractJwt.fromAuthHeaderAsBearerToken(),
        ExtractJwt.fromUrlQueryParameter('access_token'),
      ]),
      secretOrKey: process.env.JWT_KEY!,
    },
    (payload, done) => {
      db.selectFrom('listener')
        .selectAll()
        .where('id', '=', Number(payload.sub))
        .where('deleted_at', 'is', null)
        .executeTakeFirst()
        .then((listener) => done(null, listener ?? false), done);
    },
  ),
);

export const localAuth = passport.authenticate('local', { session: false });
export const jwtAuth = passport.authenticate('jwt', { session: false });
