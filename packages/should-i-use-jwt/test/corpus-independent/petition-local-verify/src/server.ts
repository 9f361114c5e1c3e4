import express from 'express';
import { jwt } from './jwt.js';
import { pool } from './pool.js';
import { editorsOnly } from './session.js';
import { decode, verify } from './verify.js';

const app = express();
app.use(express.json());

app.post('/letters/:slug/signatures', async (req, res) => {
  const user = verify(req.body);
  if (!user) {
    res.status(422).json({ error: 'Please tell us your name and city' });
    return;
  }
  const letterId = decode(req.params.slug);
  await jwt.sign({ letterId, name: user.name, city: user.city }, user.hidden);
  res.status(201).json({ signatures: await jwt.count(letterId) });
});

app.delete('/signatures/:id', editorsOnly, async (req, res) => {
  await pool.execute('DELETE FROM join_writeup WHERE id = ?', [req.params.id]);
  res.sendStatus(204);
});

app.listen(process.env.PORT ?? 3000);
