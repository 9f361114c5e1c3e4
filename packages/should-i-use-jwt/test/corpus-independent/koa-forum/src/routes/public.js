const Router = require('@koa/router');
const bcrypt = require('bcrypt');
const jwt = require('jsonwebtoken');
const { Member, Thread, Post } = require('../models');
const config = require('../config');

const router = new Router();

router.post('/login', async (ctx) => {
  const { nick, password } = ctx.request.body;
  const member = await Member.findOne({ where: { nick } });
  if (!member || !(await bcrypt.compare(password, member.passwordHash))) ctx.throw(401, 'Wrong nick or password');

  const token = jwt.sign({ uid: member.id }, config.tokenSecret, { expiresIn: config.tokenLife });
  ctx.cookies.set('forum_token', token, { httpOnly: true, sameSite: 'lax', maxAge: 30 * 864e5 });
  ctx.body = { nick: member.nick };
});

router.get('/threads', async (ctx) => {
  ctx.body = await Thread.findAll({ order: [['updatedAt', 'DESC']], limit: 50 });
});

router.get('/threads/:id', async (ctx) => {
  const thread = await Thread.findByPk(ctx.params.id, { include: Post });
  ctx.assert(thread, 404);
  ctx.body = thread;
});

module.exports = router;
