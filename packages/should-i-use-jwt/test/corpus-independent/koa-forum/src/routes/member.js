const Router = require('@koa/router');
const { Thread, Post } = require('../models');

const router = new Router();

router.get('/me', (ctx) => {
  const { id, nick } = ctx.state.member;
  ctx.body = { id, nick };
});

router.post('/threads', async (ctx) => {
  const thread = await Thread.create({ title: ctx.request.body.title });
  await Post.create({ body: ctx.request.body.body, ThreadId: thread.id, MemberId: ctx.state.member.id });
  ctx.status = 201;
  ctx.body = thread;
});

router.post('/threads/:id/posts', async (ctx) => {
  ctx.body = await Post.create({
    body: ctx.request.body.body,
    ThreadId: ctx.params.id,
    MemberId: ctx.state.member.id,
  });
  ctx.status = 201;
});

router.delete('/posts/:id', async (ctx) => {
  const removed = await Post.destroy({ where: { id: ctx.params.id, MemberId: ctx.state.member.id } });
  ctx.status = removed ? 204 : 404;
});

module.exports = router;
