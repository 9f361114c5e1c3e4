'use strict';

const db = require('./db');

module.exports = function registerHandlers(io, socket) {
  const { agent } = socket.data;

  socket.on('room:join', async (roomId, ack) => {
    const [messages] = await db.execute(
      'SELECT author, body, sent_at FROM messages WHERE room_id = ? ORDER BY id DESC LIMIT 50',
      [roomId]
    );
    socket.join(`room:${roomId}`);
    ack(messages.reverse());
  });

  socket.on('message:send', async ({ roomId, body }) => {
    await db.execute('INSERT INTO messages (room_id, agent_id, author, body) VALUES (?, ?, ?, ?)', [
      roomId,
      agent.id,
      agent.name,
      body,
    ]);
    io.to(`room:${roomId}`).emit('message', { author: agent.name, body });
  });
};
