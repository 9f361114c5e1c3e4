import express from 'express'
import session from 'express-session'
import { sign } from 'jsonwebtoken'

const app = express()
app.use(session({ secret: process.env.SESSION_SECRET }))

// The video service demands a token of the room that is signed with our key of its.
app.post('/rooms/:room/grant', (req, res) => {
  if (!req.session.userId) return res.sendStatus(401)
  const grant = sign(
    { video: { room: req.params.room, roomJoin: true }, sub: req.session.userId },
    process.env.VIDEO_API_SECRET,
    { issuer: process.env.VIDEO_API_KEY, expiresIn: '10m' },
  )
  res.json({ server: process.env.VIDEO_URL, grant })
})

app.listen(3000)
