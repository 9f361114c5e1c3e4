'use strict';

const { createHash, timingSafeEqual } = require('crypto');
const { importJWK, jwtVerify } = require('jose');
const plaid = require('./plaid-client');

const keys = new Map();

async function keyFor({ kid }) {
  if (!keys.has(kid)) {
    const { data } = await plaid.webhookVerificationKeyGet({ key_id: kid });
    keys.set(kid, await importJWK(data.key, 'ES256'));
  }
  return keys.get(kid);
}

exports.plaidWebhook = async (req, res, next) => {
  try {
    const { payload } = await jwtVerify(req.get('plaid-verification'), keyFor, {
      algorithms: ['ES256'],
      maxTokenAge: '5 min',
    });
    const claimed = Buffer.from(payload.request_body_sha256, 'hex');
    const actual = createHash('sha256').update(req.rawBody).digest();
    if (claimed.length !== actual.length || !timingSafeEqual(claimed, actual)) throw new Error('body was changed');
    next();
  } catch (err) {
    res.status(400).json({ error: 'webhook signature' });
  }
};
