const jwt = require('jsonwebtoken');

const privateKey = process.env.STAFF_PRIVATE_KEY;
exports.publicKey = process.env.STAFF_PUBLIC_KEY;
exports.OPTIONS = { issuer: 'warehouse-service', audience: 'warehouse' };

exports.forStaff = ({ _id, roles }) =>
  jwt.sign({ roles }, privateKey, { ...exports.OPTIONS, algorithm: 'RS256', subject: String(_id), expiresIn: '9h' });
