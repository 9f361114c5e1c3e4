import { createServer } from 'node:http'
import express from 'express'
import { Server } from 'socket.io'
import bcrypt from 'bcryptjs'
import { db } from './db.js'
import { signToken, verifyToken } from './tokens.js'

const app = express()
app.use(express.json())

app.post('/login', (req, res) => {
  const user = db.prepare('select * from users where name = ?').get(req.body.name)
  if (!user || !bcrypt.compareSync(req.body.password, user.hash)) return res.sendStatus(401)
  const accessToken = signToken({ sub: user.id }, '10m')
  const refreshToken = signToken({ sub: user.id, type: 'refresh' }, '14d')
  res.json({ accessToken, refreshToken })
})

app.post('/refresh', (req, res) => {
  const claims = verifyToken(req.body.refreshToken)
  if (claims.type !== 'refresh') return res.sendStatus(401)
  res.json({ accessToken: signToken({ sub: claims.sub }, '10m') })
})

const server = createServer(app)
const io = new Server(server)

io.use((socket, next) => {
  try {
    socket.data.user = verifyToken(socket.handshake.auth.token)
    next()
  } catch (error) {
    next(error)
  }
})

io.on('connection', (socket) => {
  const rooms = db.prepare('select room from memberships where user = ?').all(socket.data.user.sub)
  for (const { room } of rooms) socket.join(room)
  socket.on('message', ({ room, text }) => {
    db.prepare('insert into messages (room, author, text) values (?, ?, ?)').run(room, socket.data.user.sub, text)
    io.to(room).emit('message', text)
  })
})

server.listen(3000)
