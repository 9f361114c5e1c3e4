const nodemailer = require('nodemailer');

const transport = nodemailer.createTransport(process.env.SMTP_URL);

exports.passwordReset = (to, token) =>
  transport.sendMail({
    from: process.env.MAIL_FROM,
    to,
    subject: 'Set a new password',
    text: `Paste this code into the app within the hour: ${token}`,
  });
