import { readFileSync } from 'node:fs';
import express from 'express';
import { bindAs } from './ldap.js';
import { tools } from './tools.js';
import { TokenIssuer } from './token-issuer.js';
import { authenticated } from './authenticated.js';

export const issuer = new TokenIssuer(readFileSync(process.env.JWT_SECRET_FILE ?? '/run/secrets/jwt', 'utf8').trim());

const app = express();
app.use(express.json());

app.post('/login', async (req, res) => {
  const { uid, password } = req.body;
  if (!(await bindAs(uid, password))) {
    res.status(401).json({ error: 'LDAP says no' });
    return;
  }
  res.json({ token: issuer.issue(uid) });
});

app.use('/tools', authenticated(issuer), tools);

app.listen(8080);
