import path from 'node:path';
import { Router } from 'express';
import { db, type Listener } from './db.js';
import { jwtAuth } from './passport.js';

export const episodes = Router();

episodes.get('/', async (_req, res) => {
  res.json(await db.selectFrom('episode').select(['id', 'title', 'premium']).orderBy('id', 'desc').execute());
});

episodes.get('/:id/audio', jwtAuth, async (req, res) => {
  const episode = await db
    .selectFrom('episode')
    .select('file')
    .where('id', '=', Number(req.params.id))
    .executeTakeFirst();
  if (!episode) {
    res.sendStatus(404);
    return;
  }
  res.sendFile(path.resolve('media', path.basename(episode.file)));
});

episodes.put('/:id/progress', jwtAuth, async (req, res) => {
  await db
    .insertInto('progress')
    .values({
      listener_id: (req.user as Listener).id,
      episode_id: Number(req.params.id),
      seconds: Number(req.body.seconds),
    })
    .onConflict((oc) => oc.columns(['listener_id', 'episode_id']).doUpdateSet({ seconds: Number(req.body.seconds) }))
    .execute();
  res.sendStatus(204);
});
