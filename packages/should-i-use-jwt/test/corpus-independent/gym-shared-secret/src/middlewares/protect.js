const { tokens } = require('../services');

module.exports = async function protect(req, res, next) {
  const [, token] = (req.headers.authorization || '').split(' ');
  try {
    const claims = tokens.read(token);
    if (await tokens.isRevoked(claims)) throw new Error('logged out');
    req.claims = claims;
  } catch (err) {
    return res.status(401).json({ message: 'Please log in' });
  }
  next();
};
