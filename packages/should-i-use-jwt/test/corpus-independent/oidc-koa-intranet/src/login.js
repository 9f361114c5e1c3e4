import { randomBytes } from 'node:crypto';
import Router from '@koa/router';
import { verifyIdToken } from './id-token.js';

const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, BASE_URL } = process.env;
const redirectUri = `${BASE_URL}/login/callback`;

export const loginRoutes = new Router();

loginRoutes.get('/login', (ctx) => {
  ctx.session.state = randomBytes(16).toString('hex');
  ctx.session.nonce = randomBytes(16).toString('hex');
  const url = new URL(`${OIDC_ISSUER}/protocol/openid-connect/auth`);
  url.search = new URLSearchParams({
    client_id: OIDC_CLIENT_ID,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    state: ctx.session.state,
    nonce: ctx.session.nonce,
  }).toString();
  ctx.redirect(url.href);
});

loginRoutes.get('/login/callback', async (ctx) => {
  ctx.assert(ctx.query.state && ctx.query.state === ctx.session.state, 400, 'state mismatch');

  const res = await fetch(`${OIDC_ISSUER}/protocol/openid-connect/token`, {
    method: 'POST',
    headers: { authorization: 'Basic ' + Buffer.from(`${OIDC_CLIENT_ID}:${OIDC_CLIENT_SECRET}`).toString('base64') },
    body: new URLSearchParams({ grant_type: 'authorization_code', code: ctx.query.code, redirect_uri: redirectUri }),
  });
  ctx.assert(res.ok, 502, 'identity provider refused the code');

  const claims = await verifyIdToken((await res.json()).id_token, ctx.session.nonce);
  const returnTo = ctx.session.returnTo ?? '/people';
  ctx.session = { person: { sub: claims.sub, name: claims.name, email: claims.email } };
  ctx.redirect(returnTo);
});

loginRoutes.post('/logout', (ctx) => {
  ctx.session = null;
  ctx.redirect('/login');
});
