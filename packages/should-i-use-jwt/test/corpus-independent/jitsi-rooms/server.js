const express = require('express');
const session = require('express-session');
const PgSession = require('connect-pg-simple')(session);
const passport = require('passport');
const pool = require('./pool');
require('./passport-setup');

const app = express();
app.use(express.json());
app.use(
  session({
    store: new PgSession({ pool, createTableIfMissing: true }),
    secret: process.env.SESSION_SECRET,
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 7 * 24 * 3600 * 1000, sameSite: 'lax' },
  })
);
app.use(passport.session());

app.post('/login', passport.authenticate('local'), (req, res) => res.json({ name: req.user.name }));
app.use('/lessons', require('./lessons'));

app.listen(process.env.PORT || 3000);
