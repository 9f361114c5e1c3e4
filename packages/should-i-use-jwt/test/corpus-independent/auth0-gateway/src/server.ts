import express from 'express';
import rateLimit from 'express-rate-limit';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { authenticate } from './middleware.js';

const upstreams: Record<string, string> = {
  '/orders': process.env.ORDERS_URL ?? 'http://orders:8080',
  '/stock': process.env.STOCK_URL ?? 'http://stock:8080',
};

const app = express();

app.get('/health', (_req, res) => {
  res.sendStatus(200);
});

app.use(rateLimit({ windowMs: 60_000, limit: 600 }));

for (const [path, target] of Object.entries(upstreams)) {
  app.use(path, authenticate, createProxyMiddleware({ target, changeOrigin: true }));
}

app.listen(Number(process.env.PORT ?? 8080));
