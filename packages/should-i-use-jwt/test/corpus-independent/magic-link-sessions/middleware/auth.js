const db = require('../db');

exports.requireLogin = async (req, res, next) => {
  if (!req.session.memberId) return res.redirect('/login');
  try {
    req.member = await db('members').where({ id: req.session.memberId }).first();
    if (!req.member) return req.session.destroy(() => res.redirect('/login'));
    next();
  } catch (err) {
    next(err);
  }
};
