var router = require('express').Router();
var db = require('../lib/db');

router.get('/', function (req, res, next) {
  db.query('SELECT * FROM customers WHERE owner_id = ? ORDER BY name', [req.user.id], function (err, rows) {
    if (err) return next(err);
    res.json(rows);
  });
});

router.get('/:id', function (req, res, next) {
  db.query('SELECT * FROM customers WHERE id = ? AND owner_id = ?', [req.params.id, req.user.id], function (err, rows) {
    if (err) return next(err);
    if (!rows.length) return res.status(404).json({ success: false });
    res.json(rows[0]);
  });
});

router.post('/', function (req, res, next) {
  db.query('INSERT INTO customers SET ?', { name: req.body.name, owner_id: req.user.id }, function (err, result) {
    if (err) return next(err);
    res.status(201).json({ id: result.insertId });
  });
});

module.exports = router;
