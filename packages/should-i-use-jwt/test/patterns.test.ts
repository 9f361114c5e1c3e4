// Ways in which applications are commonly written, each with what has to be seen in it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Scanned, scanText } from './scan-text.ts'

function answers({ checklist }: Scanned): string {
  const { revocation, blocking, related, share } = checklist
  return [revocation?.answer, blocking?.answer, related?.answer, share?.share].join()
}

test('a guard wrapped by a handler of errors, on a route with several methods', () => {
  const scanned = scanText({
    'server.js': `
const express = require('express')
const app = express()
app.use('/api/goals', require('./routes/goals'))`,
    'routes/goals.js': `
const express = require('express')
const router = express.Router()
const { getGoals, setGoal } = require('../controllers/goals')
const { protect } = require('../middleware/auth')
router.route('/').get(protect, getGoals).post(protect, setGoal)
module.exports = router`,
    'controllers/goals.js': `
const asyncHandler = require('express-async-handler')
const Goal = require('../models/goal')
const getGoals = asyncHandler(async (req, res) => {
  res.json(await Goal.find({ user: req.user.id }))
})
const setGoal = asyncHandler(async (req, res) => {
  res.json(await Goal.create({ text: req.body.text, user: req.user.id }))
})
module.exports = { getGoals, setGoal }`,
    'models/goal.js': `
const mongoose = require('mongoose')
module.exports = mongoose.model('Goal', mongoose.Schema({ text: String }))`,
    'models/user.js': `
const mongoose = require('mongoose')
module.exports = mongoose.model('User', mongoose.Schema({ name: String }))`,
    'middleware/auth.js': `
const jwt = require('jsonwebtoken')
const asyncHandler = require('express-async-handler')
const User = require('../models/user')
const protect = asyncHandler(async (req, res, next) => {
  let token
  if (req.headers.authorization && req.headers.authorization.startsWith('Bearer')) {
    try {
      token = req.headers.authorization.split(' ')[1]
      const decoded = jwt.verify(token, process.env.JWT_SECRET)
      req.user = await User.findById(decoded.id).select('-password')
      next()
    } catch (error) {
      res.status(401)
      throw new Error('Not authorized')
    }
  }
})
module.exports = { protect }`,
  })
  assert.equal(answers(scanned), 'no,no,yes,1')
})

test('an object of guards, one of them optional', () => {
  const scanned = scanText({
    'auth.js': `
const { expressjwt } = require('express-jwt')
function getToken(req) {
  return req.headers.authorization?.split(' ')[0] === 'Token' ? req.headers.authorization.split(' ')[1] : null
}
module.exports = {
  required: expressjwt({ secret: process.env.S, requestProperty: 'payload', getToken, algorithms: ['HS256'] }),
  optional: expressjwt({ secret: process.env.S, requestProperty: 'payload', credentialsRequired: false, getToken, algorithms: ['HS256'] }),
}`,
    'app.js': `
const router = require('express').Router()
const mongoose = require('mongoose')
const auth = require('./auth')
const User = mongoose.model('User')
router.get('/user', auth.required, function (req, res, next) {
  User.findById(req.payload.id).then(function (user) {
    if (!user) return res.sendStatus(401)
    return res.json({ user: user.toAuthJSON() })
  }).catch(next)
})
module.exports = router`,
  })
  assert.equal(answers(scanned), 'no,no,yes,1')
})

test('a strategy and its guard in files of their own, tokens of several kinds from one function', () => {
  const scanned = scanText({
    'config/config.js': `
const Joi = require('joi')
const schema = Joi.object().keys({ JWT_SECRET: Joi.string().required() })
const { value: envVars, error } = schema.validate(process.env)
if (error) throw new Error(error.message)
module.exports = { jwt: { secret: envVars.JWT_SECRET } }`,
    'config/tokens.js': `module.exports = { tokenTypes: { ACCESS: 'access', REFRESH: 'refresh', RESET_PASSWORD: 'resetPassword' } }`,
    'config/passport.js': `
const { Strategy: JwtStrategy, ExtractJwt } = require('passport-jwt')
const config = require('./config')
const { User } = require('../models')
const options = { secretOrKey: config.jwt.secret, jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken() }
const jwtVerify = async (payload, done) => {
  try {
    const user = await User.findById(payload.sub)
    if (!user) return done(null, false)
    done(null, user)
  } catch (error) {
    done(error, false)
  }
}
module.exports = { jwtStrategy: new JwtStrategy(options, jwtVerify) }`,
    'middlewares/auth.js': `
const passport = require('passport')
const verifyCallback = (req, resolve, reject, rights) => async (err, user, info) => {
  if (err || info || !user) return reject(new Error('Please authenticate'))
  req.user = user
  resolve()
}
const auth = (...rights) => async (req, res, next) =>
  new Promise((resolve, reject) => {
    passport.authenticate('jwt', { session: false }, verifyCallback(req, resolve, reject, rights))(req, res, next)
  }).then(() => next()).catch((err) => next(err))
module.exports = auth`,
    'models/index.js': `
module.exports.User = require('./user.model')
module.exports.Token = require('./token.model')`,
    'models/user.model.js': `const mongoose = require('mongoose')\nmodule.exports = mongoose.model('User', new mongoose.Schema({}))`,
    'models/token.model.js': `const mongoose = require('mongoose')\nmodule.exports = mongoose.model('Token', new mongoose.Schema({}))`,
    'services/token.service.js': `
const jwt = require('jsonwebtoken')
const config = require('../config/config')
const { Token } = require('../models')
const { tokenTypes } = require('../config/tokens')
const generateToken = (userId, expires, type, secret = config.jwt.secret) => {
  const payload = { sub: userId, exp: expires.unix(), type }
  return jwt.sign(payload, secret)
}
const saveToken = async (token, userId, type) => Token.create({ token, user: userId, type })
const verifyToken = async (token, type) => {
  const payload = jwt.verify(token, config.jwt.secret)
  return Token.findOne({ token, type, user: payload.sub, blacklisted: false })
}
const generateAuthTokens = async (user, expires) => {
  const accessToken = generateToken(user.id, expires, tokenTypes.ACCESS)
  const refreshToken = generateToken(user.id, expires, tokenTypes.REFRESH)
  await saveToken(refreshToken, user.id, tokenTypes.REFRESH)
  return { access: { token: accessToken }, refresh: { token: refreshToken } }
}
module.exports = { verifyToken, generateAuthTokens }`,
    'controllers/auth.controller.js': `
const tokenService = require('../services/token.service')
const { tokenTypes } = require('../config/tokens')
const login = async (req, res) => {
  res.send({ tokens: await tokenService.generateAuthTokens({ id: req.body.id }, later()) })
}
const refreshTokens = async (req, res) => {
  const doc = await tokenService.verifyToken(req.body.refreshToken, tokenTypes.REFRESH)
  await doc.remove()
  res.send(await tokenService.generateAuthTokens(doc.user, later()))
}
module.exports = { login, refreshTokens }`,
    'app.js': `
const express = require('express')
const passport = require('passport')
const auth = require('./middlewares/auth')
const { jwtStrategy } = require('./config/passport')
const authController = require('./controllers/auth.controller')
const app = express()
app.use(passport.initialize())
passport.use('jwt', jwtStrategy)
app.post('/login', authController.login)
app.post('/refresh-tokens', authController.refreshTokens)
app.get('/users/me', auth('getUsers'), (req, res) => res.send(req.user))`,
  })
  assert.equal(answers(scanned), 'no,no,yes,1')
  const { refresh } = scanned.checklist
  assert.deepEqual(
    [refresh?.present, refresh?.opaque, refresh?.stored, refresh?.rotated],
    [true, false, true, true],
  )
  assert.ok(scanned.bugs.includes('secret-shared-between-kinds'))
})

test('middleware of NestJS, applied to some routes', () => {
  const scanned = scanText({
    'auth.middleware.ts': `
import { Injectable, NestMiddleware, HttpException } from '@nestjs/common'
import * as jwt from 'jsonwebtoken'
import { UserService } from './user.service'
import { SECRET } from './config'
@Injectable()
export class AuthMiddleware implements NestMiddleware {
  constructor(private readonly userService: UserService) {}
  async use(req, res, next) {
    const authHeaders = req.headers.authorization
    if (authHeaders && (authHeaders as string).split(' ')[1]) {
      const token = (authHeaders as string).split(' ')[1]
      const decoded: any = jwt.verify(token, SECRET)
      const user = await this.userService.findById(decoded.id)
      if (!user) throw new HttpException('User not found.', 401)
      req.user = user.user
      next()
    } else throw new HttpException('Not authorized.', 401)
  }
}`,
    'config.ts': `export const SECRET = 'secret-key'`,
    'user.service.ts': `
import { Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Repository } from 'typeorm'
import { UserEntity } from './user.entity'
@Injectable()
export class UserService {
  constructor(@InjectRepository(UserEntity) private readonly userRepository: Repository<UserEntity>) {}
  async findById(id: number) {
    return { user: await this.userRepository.findOne(id) }
  }
}`,
    'user.entity.ts': `import { Entity } from 'typeorm'\n@Entity()\nexport class UserEntity {}`,
    'user.controller.ts': `
import { Controller, Get, Post } from '@nestjs/common'
@Controller()
export class UserController {
  @Get('user')
  me(user) { return user }
  @Post('users')
  create() {}
}`,
    'user.module.ts': `
import { Module, MiddlewareConsumer, RequestMethod } from '@nestjs/common'
import { AuthMiddleware } from './auth.middleware'
@Module({})
export class UserModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(AuthMiddleware).forRoutes({ path: 'user', method: RequestMethod.GET })
  }
}`,
  })
  assert.equal(answers(scanned), 'no,no,yes,1')
  assert.equal(scanned.checklist.related?.summary, 'yes, in 1 of 1 authenticated routes')
})

test('models that are collected by name, as Sequelize writes them', () => {
  const scanned = scanText({
    'models/index.js': `
const fs = require('fs')
const path = require('path')
const Sequelize = require('sequelize')
const db = {}
const sequelize = new Sequelize(process.env.DATABASE_URL)
fs.readdirSync(__dirname).forEach((file) => {
  const model = require(path.join(__dirname, file))(sequelize, Sequelize.DataTypes)
  db[model.name] = model
})
module.exports = db`,
    'app.js': `
const express = require('express')
const jwt = require('jsonwebtoken')
const db = require('./models')
const { User } = db
const app = express()
app.get('/me', (req, res, next) => {
  jwt.verify(req.headers['x-access-token'], process.env.S, (err, decoded) => {
    if (err) return res.status(401).send()
    req.userId = decoded.id
    next()
  })
}, async (req, res) => {
  const user = await User.findByPk(req.userId)
  if (user.isBanned) return res.status(403).send()
  res.json(user)
})`,
  })
  assert.equal(answers(scanned), 'no,yes,yes,1')
})

test('a broken file is reported, and the others are read', () => {
  const scanned = scanText({
    'broken.js': 'const = {',
    'app.js': `
const express = require('express')
const jwt = require('jsonwebtoken')
express().get('/', (req, res) => res.json(jwt.verify(req.cookies.t, process.env.S)))`,
  })
  assert.deepEqual(scanned.broken, ['broken.js'])
  assert.equal(scanned.checklist.authentication.answer, 'yes')
})

test('a database behind a file that is not there is unknown, not absent', () => {
  const scanned = scanText({
    'app.js': `
import express from 'express'
import jwt from 'jsonwebtoken'
import { orders } from './generated/orders.js'
const app = express()
app.get('/', async (req, res) => {
  const { sub } = jwt.verify(req.cookies.t, process.env.S)
  res.json(await orders.of(sub))
})`,
  })
  assert.equal(scanned.checklist.share?.answer, 'unknown')
})

test('a guard whose token comes from where nobody can see is a guard', () => {
  const scanned = scanText({
    'app.js': `
const express = require('express')
const bearer = require('express-bearer-token')
const jwt = require('jsonwebtoken')
const guard = (req, res, next) => {
  try {
    req.user = jwt.verify(req.token, process.env.S)
    next()
  } catch (error) {
    next(error)
  }
}
const app = express().use(bearer())
app.get('/me', guard, (req, res) => res.json(req.user))`,
  })
  assert.equal(scanned.checklist.authentication.answer, 'yes')
  assert.equal(scanned.checklist.share?.share, 0)
})
