'use strict';

const db = require('./db');
const tokens = require('./tokens');

module.exports = async (socket, next) => {
  // old mobile clients cannot set `auth`, they connect with ?token=...
  const token = socket.handshake.auth.token || socket.handshake.query.token;
  try {
    const { sub } = tokens.verify(token);
    const [rows] = await db.execute('SELECT id, name, suspended FROM agents WHERE id = ?', [sub]);
    if (rows.length === 0 || rows[0].suspended) {
      return next(new Error('forbidden'));
    }
    socket.data.agent = rows[0];
    next();
  } catch (err) {
    next(new Error('unauthorized'));
  }
};
