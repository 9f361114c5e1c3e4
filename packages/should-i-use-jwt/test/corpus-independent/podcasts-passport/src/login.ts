import type { RequestHandler } from 'express';
import jwt from 'jsonwebtoken';
import type { Listener } from './db.js';
import { localAuth } from './passport.js';

export const login: RequestHandler[] = [
  localAuth,
  (req, res) => {
    const { id } = req.user as Listener;
    res.json({ access_token: jwt.sign({}, process.env.JWT_KEY!, { subject: String(id), expiresIn: '2 days' }) });
  },
];
