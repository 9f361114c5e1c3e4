const router = require('express').Router();
const { roomPass } = require('./jitsi');
const pool = require('./pool');

router.use((req, res, next) => (req.isAuthenticated() ? next() : res.sendStatus(401)));

router.get('/', async (req, res) => {
  const { rows } = await pool.query('SELECT * FROM lessons WHERE tutor_id = $1', [req.user.id]);
  res.json(rows);
});

router.post('/:id/room', async (req, res) => {
  const { rows } = await pool.query('SELECT room FROM lessons WHERE id = $1 AND tutor_id = $2', [
    req.params.id,
    req.user.id,
  ]);
  if (!rows[0]) return res.sendStatus(404);
  res.json({ room: rows[0].room, jwt: roomPass(req.user, rows[0].room) });
});

module.exports = router;
