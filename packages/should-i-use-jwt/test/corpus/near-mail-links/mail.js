const nodemailer = require('nodemailer')
const jwt = require('jsonwebtoken')

const transport = nodemailer.createTransport(process.env.SMTP_URL)
const SECRET = 'keyboard cat'

exports.sendConfirmation = async (user) => {
  const token = jwt.sign({ id: user.id, email: user.email }, SECRET)
  const link = `https://shop.example/confirm?token=${token}`
  await transport.sendMail({ to: user.email, subject: 'Confirm', text: `Click ${link}` })
}

exports.readConfirmation = (token) => jwt.verify(token, SECRET)
