const { Router } = require('express')
const { requireToken, loadCustomer } = require('../auth')
const { Purchase, Book } = require('../models')

const router = Router()
router.use(requireToken, loadCustomer)

router.get('/', async (req, res) => {
  res.json(await Purchase.findAll({ where: { CustomerId: req.customer.id } }))
})

router.post('/', async (req, res) => {
  const book = await Book.findByPk(req.body.bookId)
  res.json(await Purchase.create({ quantity: 1, BookId: book.id, CustomerId: req.customer.id }))
})

module.exports = router
