const { Schema, model } = require('mongoose')

const userSchema = new Schema({
  name: String,
  password: String,
  refreshTokens: [String],
  isActive: { type: Boolean, default: true },
})

module.exports = model('User', userSchema)
