const jwt = require('jsonwebtoken');

const { publicKey, OPTIONS } = require('./staff-token');

const bearer = (req) => (req.get('authorization') || '').replace(/^Bearer\s+/i, '');

// staff tokens are the ones of POST /login
exports.staff = (req, res, next) => {
  jwt.verify(bearer(req), publicKey, { ...OPTIONS, algorithms: ['RS256'] }, (err, claims) => {
    if (err) return res.status(401).json({ error: err.message });
    req.staff = claims;
    next();
  });
};

// called from other pods only, the ingress has looked at the token already
exports.internal = (req, res, next) => {
  const claims = jwt.decode(bearer(req));
  if (!claims || !claims.roles || !claims.roles.includes('system')) {
    return res.status(403).json({ error: 'system role needed' });
  }
  req.caller = claims.sub;
  next();
};
