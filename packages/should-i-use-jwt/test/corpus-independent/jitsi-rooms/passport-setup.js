const bcrypt = require('bcrypt');
const passport = require('passport');
const LocalStrategy = require('passport-local');
const pool = require('./pool');

passport.use(
  new LocalStrategy(async function verify(username, password, cb) {
    try {
      const { rows } = await pool.query('SELECT * FROM tutors WHERE username = $1', [username]);
      if (!rows[0] || !(await bcrypt.compare(password, rows[0].password))) {
        return cb(null, false, { message: 'Incorrect username or password.' });
      }
      cb(null, rows[0]);
    } catch (err) {
      cb(err);
    }
  })
);

passport.serializeUser((user, cb) => cb(null, user.id));
passport.deserializeUser((id, cb) =>
  pool
    .query('SELECT id, name, suspended FROM tutors WHERE id = $1', [id])
    .then(({ rows }) => cb(null, rows[0] && !rows[0].suspended ? rows[0] : false))
    .catch(cb)
);
