const router = require('express').Router();
const bcrypt = require('bcryptjs');
const { staff } = require('./mongo');
const { forStaff } = require('./staff-token');

router.post('/', async (req, res) => {
  const person = await staff().findOne({ number: String(req.body.number) });
  if (!person || !bcrypt.compareSync(String(req.body.pin), person.pinHash)) return res.sendStatus(401);
  res.json({ token: forStaff(person) });
});

module.exports = router;
