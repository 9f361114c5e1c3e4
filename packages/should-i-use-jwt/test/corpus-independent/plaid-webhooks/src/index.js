'use strict';

const express = require('express');
const { plaidWebhook } = require('./plaid-webhook');
const db = require('./db');

const app = express();

// keep the raw bytes, the signature covers them
app.use(express.json({ verify: (req, _res, buf) => { req.rawBody = buf; } }));

app.post('/hooks/plaid', plaidWebhook, async (req, res, next) => {
  try {
    const { webhook_type, webhook_code, item_id } = req.body;
    if (webhook_type === 'TRANSACTIONS' && webhook_code === 'SYNC_UPDATES_AVAILABLE') {
      await db.insertInto('sync_jobs').values({ item_id, requested_at: new Date() }).execute();
    }
    res.sendStatus(200);
  } catch (err) {
    next(err);
  }
});

app.listen(process.env.PORT || 3000);
