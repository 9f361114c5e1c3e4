'use strict';

const { createSigner, createVerifier } = require('fast-jwt');

const key = process.env.CHAT_JWT_KEY;

exports.sign = createSigner({ key, algorithm: 'HS256', expiresIn: '24h', iss: 'support-chat' });
exports.verify = createVerifier({ key, algorithms: ['HS256'], allowedIss: 'support-chat' });
