const { Router } = require('express')
const bcrypt = require('bcrypt')
const { sign } = require('jsonwebtoken')
const { Customer } = require('../models')

const router = Router()

router.post('/', async (req, res) => {
  const customer = await Customer.findOne({ where: { email: req.body.email } })
  if (!customer || !(await bcrypt.compare(req.body.password, customer.passwordHash))) {
    return res.sendStatus(401)
  }
  const accessToken = sign({}, process.env.JWT_KEY, {
    subject: String(customer.id),
    expiresIn: '8h',
    audience: 'bookshop',
    issuer: 'bookshop',
  })
  res.json({ accessToken })
})

module.exports = router
