const express = require('express')
const jwt = require('./jwt')

const app = express()
app.use(express.json())
app.post('/tickets', (req, res) => res.json(jwt.sign(req.body, req.headers.authorization)))
app.get('/tickets/check', (req, res) => res.json(jwt.verify(req.headers.authorization)))
app.listen(3000)
