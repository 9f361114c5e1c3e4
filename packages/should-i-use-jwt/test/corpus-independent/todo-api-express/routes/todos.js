const router = require('express').Router();
const auth = require('../middleware/auth');
const Todo = require('../models/Todo');

router.get('/', auth, async (req, res) => {
  const todos = await Todo.find({ user: req.user.id }).sort({ _id: -1 });
  res.json(todos);
});

router.post('/', auth, async (req, res) => {
  const todo = await Todo.create({ user: req.user.id, text: req.body.text });
  res.json(todo);
});

router.put('/:id', auth, async (req, res) => {
  const todo = await Todo.findOneAndUpdate(
    { _id: req.params.id, user: req.user.id },
    { $set: { text: req.body.text, done: req.body.done } },
    { new: true }
  );
  if (!todo) return res.status(404).json({ msg: 'Not found' });
  res.json(todo);
});

router.delete('/:id', auth, async (req, res) => {
  await Todo.deleteOne({ _id: req.params.id, user: req.user.id });
  res.json({ msg: 'Todo removed' });
});

module.exports = router;
