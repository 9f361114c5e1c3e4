const express = require('express');
const checkJwt = require('./lib/check-jwt');
const currentUser = require('./lib/current-user');
const pool = require('./lib/pool');

const app = express();
app.use(express.json());

app.get('/ping', (req, res) => res.json({ pong: Date.now() }));

const api = express.Router();
api.use(checkJwt, currentUser);

api.get('/notes', async (req, res, next) => {
  try {
    const { rows } = await pool.query('SELECT id, body FROM notes WHERE user_id = $1 ORDER BY id', [req.user.id]);
    res.json(rows);
  } catch (e) {
    next(e);
  }
});

api.post('/notes', async (req, res, next) => {
  try {
    const { rows } = await pool.query('INSERT INTO notes (user_id, body) VALUES ($1, $2) RETURNING id, body', [
      req.user.id,
      req.body.body,
    ]);
    res.status(201).json(rows[0]);
  } catch (e) {
    next(e);
  }
});

app.use('/api', api);

app.use((err, req, res, next) => {
  if (err.name === 'UnauthorizedError') return res.status(401).json({ error: err.code });
  console.error(err);
  res.status(500).json({ error: 'internal' });
});

app.listen(process.env.PORT || 3000);
