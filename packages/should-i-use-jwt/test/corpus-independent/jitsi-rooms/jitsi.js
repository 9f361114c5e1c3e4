const jwt = require('jsonwebtoken');

/** Room pass for 8x8.vc, see their "JaaS JWT" page. The browser hands it to the meeting, not to us. */
exports.roomPass = (tutor, room) =>
  jwt.sign(
    {
      aud: 'jitsi',
      iss: 'chat',
      sub: process.env.JAAS_APP_ID,
      room,
      context: { user: { id: String(tutor.id), name: tutor.name, moderator: 'true' } },
    },
    process.env.JAAS_PRIVATE_KEY,
    { algorithm: 'RS256', keyid: process.env.JAAS_KEY_ID, expiresIn: '3h', notBefore: '-10s' }
  );
