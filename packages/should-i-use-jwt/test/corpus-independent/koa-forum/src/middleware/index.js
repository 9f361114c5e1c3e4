const koaJwt = require('koa-jwt');
const { Member } = require('../models');
const config = require('../config');

exports.guard = koaJwt({ secret: config.tokenSecret, cookie: 'forum_token', key: 'claims' });

exports.loadMember = async (ctx, next) => {
  const member = await Member.findByPk(ctx.state.claims.uid);
  if (!member) ctx.throw(401, 'Unknown member');
  if (member.bannedUntil && member.bannedUntil > new Date()) {
    ctx.throw(403, `You are banned until ${member.bannedUntil.toISOString()}`);
  }
  ctx.state.member = member;
  return next();
};
