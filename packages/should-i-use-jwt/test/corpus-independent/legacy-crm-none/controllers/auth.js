var router = require('express').Router();
var md5 = require('md5');
var db = require('../lib/db');
var token = require('../lib/token');

router.post('/login', function (req, res, next) {
  db.query('SELECT id, role FROM users WHERE login = ? AND pass = ?', [req.body.login, md5(req.body.pass)], function (err, rows) {
    if (err) return next(err);
    if (!rows.length) return res.status(401).json({ success: false });
    res.cookie('crm', token.issue(rows[0]), { httpOnly: true });
    res.json({ success: true });
  });
});

module.exports = router;
