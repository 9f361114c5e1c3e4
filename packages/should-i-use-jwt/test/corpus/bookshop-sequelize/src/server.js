const express = require('express')
const { Book } = require('./models')

const app = express()
app.use(express.json())
app.use('/session', require('./routes/session'))
app.get('/books', async (req, res) => res.json(await Book.findAll()))
app.use('/purchases', require('./routes/purchases'))
app.listen(process.env.PORT)
