const router = require('express').Router();
const auth = require('./auth');
const { stock, moves } = require('./mongo');

router.use(auth.staff);

router.get('/stock/:sku', async (req, res) => {
  const item = await stock().findOne({ sku: req.params.sku }, { projection: { _id: 0 } });
  item ? res.json(item) : res.sendStatus(404);
});

router.post('/stock/:sku/moves', async (req, res) => {
  const { from, to, count } = req.body;
  await moves().insertOne({ sku: req.params.sku, from, to, count, by: req.staff.sub, at: new Date() });
  res.sendStatus(201);
});

module.exports = router;
