const Koa = require('koa');
const bodyParser = require('koa-bodyparser');
const { guard, loadMember } = require('./middleware');
const { sequelize } = require('./models');
const publicRoutes = require('./routes/public');
const memberRoutes = require('./routes/member');

const app = new Koa();

app.use(async (ctx, next) => {
  try {
    await next();
  } catch (err) {
    ctx.status = err.status || 500;
    ctx.body = { error: err.expose ? err.message : 'Internal error' };
    if (ctx.status >= 500) ctx.app.emit('error', err, ctx);
  }
});
app.use(bodyParser());
app.use(publicRoutes.routes());

// everything from here down needs a valid token
app.use(guard);
app.use(loadMember);
app.use(memberRoutes.routes()).use(memberRoutes.allowedMethods());

sequelize.authenticate().then(() => app.listen(process.env.PORT || 8080));
