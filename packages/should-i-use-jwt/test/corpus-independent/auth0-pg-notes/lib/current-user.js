const pool = require('./pool');

// Auth0 knows who it is, we keep a row for the foreign keys
module.exports = async function currentUser(req, res, next) {
  try {
    const { rows } = await pool.query(
      `INSERT INTO users (auth0_id) VALUES ($1)
       ON CONFLICT (auth0_id) DO UPDATE SET last_seen = now()
       RETURNING id, blocked`,
      [req.auth.sub]
    );
    if (rows[0].blocked) return res.status(403).json({ error: 'account blocked' });
    req.user = rows[0];
    next();
  } catch (e) {
    next(e);
  }
};
