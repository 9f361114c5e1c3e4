const jwt = require('jsonwebtoken');

const OPTIONS = { issuer: 'book-club', audience: 'magic-link' };

exports.create = (email) => {
  const token = jwt.sign({ email }, process.env.MAGIC_LINK_SECRET, { ...OPTIONS, algorithm: 'HS256', expiresIn: '15m' });
  return `${process.env.BASE_URL}/login/confirm?token=${encodeURIComponent(token)}`;
};

exports.read = (token) =>
  jwt.verify(token, process.env.MAGIC_LINK_SECRET, { ...OPTIONS, algorithms: ['HS256'] }).email;
