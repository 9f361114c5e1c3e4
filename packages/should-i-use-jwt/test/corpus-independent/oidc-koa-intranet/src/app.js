import Koa from 'koa';
import redisStore from 'koa-redis';
import session from 'koa-session';
import { loginRoutes } from './login.js';
import { peopleRoutes } from './people.js';

const app = new Koa();
app.keys = process.env.COOKIE_KEYS.split(' ');

app.use(session({ key: 'intranet.sid', store: redisStore({ url: process.env.REDIS_URL }), maxAge: 10 * 3600e3 }, app));

app.use(loginRoutes.routes());

app.use(async (ctx, next) => {
  if (!ctx.session.person) {
    ctx.session.returnTo = ctx.url;
    return ctx.redirect('/login');
  }
  await next();
});

app.use(peopleRoutes.routes());

app.listen(process.env.PORT ?? 3000);
