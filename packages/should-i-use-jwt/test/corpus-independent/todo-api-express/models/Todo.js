const mongoose = require('mongoose');

const TodoSchema = new mongoose.Schema({
  user: { type: mongoose.Schema.Types.ObjectId, ref: 'user', index: true },
  text: { type: String, required: true },
  done: { type: Boolean, default: false },
});

module.exports = mongoose.model('todo', TodoSchema);
