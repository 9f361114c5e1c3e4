const router = require('express').Router();
const db = require('../db');

router.get('/', async (req, res) => {
  const books = await db('books').where({ club_id: req.member.club_id }).orderBy('title');
  res.render('books', { books, member: req.member });
});

router.post('/', async (req, res) => {
  await db('books').insert({ title: req.body.title, club_id: req.member.club_id });
  res.redirect('/books');
});

module.exports = router;
