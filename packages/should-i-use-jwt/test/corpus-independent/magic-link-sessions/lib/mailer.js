const nodemailer = require('nodemailer');

const transport = nodemailer.createTransport(process.env.SMTP_URL);

exports.sendLoginLink = (to, link) =>
  transport.sendMail({
    from: 'Book club <hello@bookclub.example>',
    to,
    subject: 'Your log-in link',
    text: `Click to log in (works for 15 minutes):\n\n${link}\n`,
  });
