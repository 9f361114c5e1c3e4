const crypto = require('crypto');
const jwt = require('jsonwebtoken');
const Redis = require('ioredis');

class TokenService {
  constructor({ secret, redis }) {
    this.secret = secret;
    this.redis = redis;
  }

  createAccess(member) {
    return jwt.sign({ sub: member.id, jti: crypto.randomUUID() }, this.secret, { algorithm: 'HS256', expiresIn: '1d' });
  }

  createPasswordReset(member) {
    return jwt.sign({ sub: member.id }, this.secret, { algorithm: 'HS256', expiresIn: '1h' });
  }

  read(token) {
    return jwt.verify(token, this.secret, { algorithms: ['HS256'] });
  }

  async revoke({ jti, exp }) {
    const seconds = exp - Math.floor(Date.now() / 1000);
    if (seconds > 0) await this.redis.setex(`blocklist:${jti}`, seconds, 'logout');
  }

  async isRevoked({ jti }) {
    return Boolean(await this.redis.get(`blocklist:${jti}`));
  }
}

module.exports = new TokenService({ secret: process.env.APP_SECRET, redis: new Redis(process.env.REDIS_URL) });
