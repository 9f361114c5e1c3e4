const router = require('express').Router();
const auth = require('./auth');
const { stock } = require('./mongo');

router.use(auth.internal);

router.post('/recount', async (req, res) => {
  const ops = req.body.map(({ sku, count }) => ({
    updateOne: { filter: { sku }, update: { $set: { count, countedBy: req.caller } }, upsert: true },
  }));
  const { modifiedCount } = await stock().bulkWrite(ops);
  res.json({ modifiedCount });
});

module.exports = router;
