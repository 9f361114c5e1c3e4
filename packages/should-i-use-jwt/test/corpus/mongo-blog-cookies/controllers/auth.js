const bcrypt = require('bcryptjs')
const User = require('../models/user')
const { signAccess, signRefresh, verifyRefresh } = require('../util/jwt')

const cookie = { httpOnly: true, sameSite: 'lax', secure: true }

exports.login = async (req, res) => {
  const user = await User.findOne({ name: req.body.name })
  if (!user || !bcrypt.compareSync(req.body.password, user.password)) {
    return res.status(401).json({ message: 'Wrong' })
  }
  const refreshToken = signRefresh(user)
  user.refreshTokens.push(refreshToken)
  await user.save()
  res.cookie('access', signAccess(user), cookie)
  res.cookie('refresh', refreshToken, cookie)
  res.json({ name: user.name })
}

exports.refresh = async (req, res) => {
  const { id } = verifyRefresh(req.cookies.refresh)
  const user = await User.findOne({ _id: id, refreshTokens: req.cookies.refresh })
  if (!user) return res.sendStatus(401)
  res.cookie('access', signAccess(user), cookie)
  res.sendStatus(204)
}
