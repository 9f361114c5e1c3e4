'use strict';

const bcrypt = require('bcrypt');
const router = require('express').Router();
const db = require('./db');
const tokens = require('./tokens');

router.post('/', async (req, res, next) => {
  try {
    const [rows] = await db.execute('SELECT id, name, password FROM agents WHERE email = ?', [req.body.email]);
    const agent = rows[0];
    if (!agent || !(await bcrypt.compare(req.body.password, agent.password))) {
      return res.status(401).json({ error: 'Bad e-mail or password' });
    }
    res.json({ token: tokens.sign({ sub: String(agent.id), name: agent.name }), name: agent.name });
  } catch (err) {
    next(err);
  }
});

module.exports = router;
