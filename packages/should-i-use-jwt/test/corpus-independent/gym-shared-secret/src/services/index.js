exports.tokens = require('./token.service');
exports.mail = require('./mail.service');
