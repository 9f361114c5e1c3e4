const User = require('../models/user')
const { verifyAccess } = require('../util/jwt')

const protect = async (req, res, next) => {
  const token = req.cookies.access
  if (!token) return res.status(401).json({ message: 'Log in first' })
  try {
    const { id } = verifyAccess(token)
    const user = await User.findById(id).select('-password')
    if (!user || !user.isActive) throw new Error('inactive')
    req.user = user
    return next()
  } catch (error) {
    return res.status(401).json({ message: 'Log in again' })
  }
}

module.exports = protect
