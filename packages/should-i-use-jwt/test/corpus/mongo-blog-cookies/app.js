const express = require('express')
const cookieParser = require('cookie-parser')
const auth = require('./controllers/auth')
const protect = require('./middleware/protect')
const Post = require('./models/post')

const app = express()
app.use(express.json())
app.use(cookieParser())

app.post('/login', auth.login)
app.post('/refresh', auth.refresh)
app.get('/posts', async (req, res) => res.json(await Post.find()))
app.post('/posts', protect, async (req, res) => {
  res.status(201).json(await Post.create({ author: req.user._id, text: req.body.text }))
})
app.get('/me', protect, (req, res) => res.json(req.user))

module.exports = app
