import { getIronSession } from 'iron-session';
import type { Request, RequestHandler, Response } from 'express';

interface EditorSession {
  editor?: string;
}

export const editorSession = (req: Request, res: Response) =>
  getIronSession<EditorSession>(req, res, { cookieName: 'editor', password: process.env.COOKIE_PASSWORD! });

export const editorsOnly: RequestHandler = async (req, res, next) => {
  const { editor } = await editorSession(req, res);
  if (!editor) {
    res.sendStatus(401);
    return;
  }
  next();
};
