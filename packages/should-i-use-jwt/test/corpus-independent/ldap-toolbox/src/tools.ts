import { resolve } from 'node:dns/promises';
import { Router } from 'express';
import ping from 'ping';

export const tools = Router();

tools.get('/ping/:host', async (req, res) => {
  const { alive, time } = await ping.promise.probe(req.params.host, { timeout: 3 });
  res.json({ alive, time });
});

tools.get('/dns/:host', async (req, res) => {
  try {
    res.json(await resolve(req.params.host));
  } catch (err) {
    res.status(404).json({ error: (err as NodeJS.ErrnoException).code });
  }
});

tools.get('/whoami', (_req, res) => {
  res.json({ uid: res.locals.uid });
});
