const bcrypt = require('bcrypt');
const { Member } = require('../models');
const { mail, tokens } = require('../services');

class AuthController {
  login = async (req, res) => {
    const member = await Member.findOne({ where: { email: req.body.email } });
    if (!member || !(await bcrypt.compare(req.body.password, member.password))) {
      return res.status(401).json({ message: 'Wrong e-mail or password' });
    }
    res.json({ token: tokens.createAccess(member) });
  };

  forgot = async (req, res) => {
    const member = await Member.findOne({ where: { email: req.body.email } });
    if (member) await mail.passwordReset(member.email, tokens.createPasswordReset(member));
    res.status(202).end();
  };

  reset = async (req, res) => {
    let claims;
    try {
      claims = tokens.read(req.body.code);
    } catch (err) {
      return res.status(400).json({ message: 'Code is not valid any more' });
    }
    await Member.update({ password: await bcrypt.hash(req.body.password, 12) }, { where: { id: claims.sub } });
    res.status(204).end();
  };

  logout = async (req, res) => {
    await tokens.revoke(req.claims);
    res.status(204).end();
  };
}

module.exports = AuthController;
