const express = require('express')
const session = require('express-session')
const { Pool } = require('pg')
const { readConfirmation, sendConfirmation } = require('./mail')

const pool = new Pool()
const app = express()
app.use(session({ secret: process.env.SESSION_SECRET, resave: false, saveUninitialized: false }))

app.post('/sign-up', async (req, res) => {
  const { rows } = await pool.query('insert into users (email) values ($1) returning *', [req.body.email])
  await sendConfirmation(rows[0])
  req.session.userId = rows[0].id
  res.redirect('/')
})

app.get('/confirm', async (req, res) => {
  const { id } = readConfirmation(req.query.token)
  await pool.query('update users set confirmed = true where id = $1', [id])
  res.redirect('/')
})

app.get('/me', async (req, res) => {
  const { rows } = await pool.query('select * from users where id = $1', [req.session.userId])
  res.json(rows[0])
})

app.listen(3000)
