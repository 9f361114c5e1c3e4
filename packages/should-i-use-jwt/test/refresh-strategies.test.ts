// Strategies of Passport that verify refresh tokens: they let nobody in to anything else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanText } from './scan-text.ts'

const controller = `
import { Body, Controller, Get, Post, Req, UseGuards } from '@nestjs/common'
import { AuthGuard } from '@nestjs/passport'
import { TokensService } from './tokens.service'

class RenewalGuard extends AuthGuard('jwt-refresh') {}

@Controller('auth')
export class AuthController {
  constructor(private readonly tokens: TokensService) {}
  @Post('login')
  login(@Body() body: { email: string; password: string }) {
    return this.tokens.login(body.email, body.password)
  }
  @UseGuards(RenewalGuard)
  @Post('refresh')
  renew(@Req() req: any) {
    return this.tokens.renew(req.user.sub, req.user.shown)
  }
  @UseGuards(AuthGuard('jwt'))
  @Get('me')
  me(@Req() req: any) {
    return { id: req.user.sub }
  }
}
`

const service = (renewal: string) => `
import { Injectable } from '@nestjs/common'
import { JwtService } from '@nestjs/jwt'
import { InjectRepository } from '@nestjs/typeorm'
import * as argon2 from 'argon2'
import { Column, Entity, PrimaryColumn, Repository } from 'typeorm'

@Entity()
export class User {
  @PrimaryColumn() id: string
  @Column() email: string
  @Column() passwordHash: string
  @Column() renewalHash: string
}

@Injectable()
export class TokensService {
  constructor(
    private readonly jwt: JwtService,
    @InjectRepository(User) private readonly users: Repository<User>,
  ) {}
  async login(email: string, password: string) {
    const user = await this.users.findOneBy({ email })
    if (!user || !(await argon2.verify(user.passwordHash, password))) throw new Error('no')
    return this.pair(user)
  }
  async renew(id: string, shown: string) {
    const user = await this.users.findOneBy({ id })
    if (!user || !(await argon2.verify(user.renewalHash, shown))) throw new Error('no')
    ${renewal}
  }
  async short(user: User) {
    return { access: await this.jwt.signAsync({ sub: user.id }, { secret: process.env.ACCESS_KEY, expiresIn: '5m' }) }
  }
  async pair(user: User) {
    const { access } = await this.short(user)
    const longer = await this.jwt.signAsync({ sub: user.id }, { secret: process.env.LONG_KEY, expiresIn: '30d' })
    await this.users.update({ id: user.id }, { renewalHash: await argon2.hash(longer) })
    return { access, longer }
  }
}
`

const strategies = `
import { Injectable } from '@nestjs/common'
import { PassportStrategy } from '@nestjs/passport'
import { ExtractJwt, Strategy } from 'passport-jwt'

@Injectable()
export class AccessStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: process.env.ACCESS_KEY })
  }
  validate(payload: any) {
    return payload
  }
}

@Injectable()
export class RenewalStrategy extends PassportStrategy(Strategy, 'jwt-refresh') {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKey: process.env.LONG_KEY,
      passReqToCallback: true,
    })
  }
  validate(req: any, payload: any) {
    return { ...payload, shown: req.get('authorization').slice(7) }
  }
}
`

const scan = (renewal: string) =>
  scanText({
    'package.json': '{ "name": "tasks" }',
    'src/auth.controller.ts': controller,
    'src/tokens.service.ts': service(renewal),
    'src/strategies.ts': strategies,
  })

test('a strategy that NestJS knows as one for refreshing is no authentication', () => {
  const { checklist, verdict } = scan('return this.pair(user)')
  const { present, opaque, stored, rotated, accessTokenOverFiveMinutes } = checklist.refresh ?? {}
  assert.deepEqual(
    { present, opaque, stored, rotated, accessTokenOverFiveMinutes },
    {
      present: true,
      opaque: false,
      stored: true,
      rotated: true,
      accessTokenOverFiveMinutes: false,
    },
  )
  // Of the two routes with a guard only one is authenticated, and that asks nobody.
  assert.equal(checklist.share?.share, 0)
  assert.notEqual(verdict.kind, 'no-jwt')
})

test('one whose routes give out an access token alone rotates nothing', () => {
  const { checklist } = scan('return this.short(user)')
  assert.deepEqual([checklist.refresh?.present, checklist.refresh?.rotated], [true, false])
})

test('Passport alone: the strategy is one for refreshing by its key', () => {
  const { checklist } = scanText({
    'package.json': '{ "name": "shop" }',
    'app.js': `
const express = require('express')
const passport = require('passport')
const { Strategy, ExtractJwt } = require('passport-jwt')
const jwt = require('jsonwebtoken')
const fromHeader = ExtractJwt.fromAuthHeaderAsBearerToken()
passport.use('access', new Strategy({ jwtFromRequest: fromHeader, secretOrKey: process.env.KEY }, (claims, done) => done(null, claims)))
passport.use('renewal', new Strategy({ jwtFromRequest: fromHeader, secretOrKey: process.env.REFRESH_KEY }, (claims, done) => done(null, claims)))
const app = express()
app.get('/me', passport.authenticate('access', { session: false }), (req, res) => res.json(req.user))
app.post('/renew', passport.authenticate('renewal', { session: false }), (req, res) => {
  res.json({
    access: jwt.sign({ sub: req.user.sub }, process.env.KEY, { expiresIn: '4m' }),
    longer: jwt.sign({ sub: req.user.sub }, process.env.REFRESH_KEY, { expiresIn: '9d' }),
  })
})
`,
  })
  const { present, stored, rotated } = checklist.refresh ?? {}
  assert.deepEqual({ present, stored, rotated }, { present: true, stored: false, rotated: true })
})
