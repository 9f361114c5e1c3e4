const router = require('express').Router();
const db = require('../db');
const magicLink = require('../lib/magic-link');
const { sendLoginLink } = require('../lib/mailer');

router.get('/login', (req, res) => res.render('login', { sent: false }));

router.post('/login', async (req, res, next) => {
  try {
    const email = req.body.email.trim().toLowerCase();
    await sendLoginLink(email, magicLink.create(email));
    res.render('login', { sent: true });
  } catch (err) {
    next(err);
  }
});

router.get('/login/confirm', async (req, res, next) => {
  let email;
  try {
    email = magicLink.read(req.query.token);
  } catch (err) {
    return res.status(400).render('login', { sent: false, error: 'This link has expired.' });
  }
  try {
    const [member] = await db('members').insert({ email }).onConflict('email').merge().returning('*');
    req.session.regenerate((err) => {
      if (err) return next(err);
      req.session.memberId = member.id;
      res.redirect('/books');
    });
  } catch (err) {
    next(err);
  }
});

router.post('/logout', (req, res) => req.session.destroy(() => res.redirect('/login')));

module.exports = router;
