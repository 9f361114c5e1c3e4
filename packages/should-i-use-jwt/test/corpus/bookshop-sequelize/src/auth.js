const { expressjwt } = require('express-jwt')
const { Customer } = require('./models')

exports.requireToken = expressjwt({
  secret: process.env.JWT_KEY,
  algorithms: ['HS256'],
  audience: 'bookshop',
  issuer: 'bookshop',
})

exports.loadCustomer = async (req, res, next) => {
  const customer = await Customer.findByPk(req.auth.sub)
  if (!customer || customer.suspended) return res.status(403).json({ error: 'no access' })
  req.customer = customer
  next()
}
