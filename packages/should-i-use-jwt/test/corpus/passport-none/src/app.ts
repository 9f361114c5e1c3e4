import express from 'express'
import jwt from 'jsonwebtoken'
import { authenticated } from './passport'
import knex from './knex'
import { sameHash } from './hash'

const app = express()
app.use(express.json())

app.post('/sessions', async (req, res) => {
  const user = await knex('users').where({ email: req.body.email }).first()
  if (!user || !sameHash(user.hash, req.body.password)) return res.status(401).end()
  res.json({
    token: jwt.sign({ sub: user.id }, process.env.JWT_SECRET!, { expiresIn: '1d', issuer: 'parcel' }),
  })
})

app.get('/parcels', authenticated, async (req, res) => {
  res.json(await knex('parcels').where({ recipient: (req.user as { id: number }).id }))
})

app.get('/labels/:id.pdf', authenticated, (req, res) => {
  res.sendFile(`/labels/${Number(req.params.id)}.pdf`)
})

app.listen(3000)
