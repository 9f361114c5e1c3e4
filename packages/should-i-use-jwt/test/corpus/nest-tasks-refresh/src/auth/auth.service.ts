import { createHash, randomBytes } from 'node:crypto'
import { Injectable, UnauthorizedException } from '@nestjs/common'
import { JwtService } from '@nestjs/jwt'
import { InjectRepository } from '@nestjs/typeorm'
import * as bcrypt from 'bcrypt'
import { Repository } from 'typeorm'
import { User } from '../users/user.entity'
import { RefreshToken } from './refresh-token.entity'

@Injectable()
export class AuthService {
  constructor(
    private readonly jwt: JwtService,
    @InjectRepository(User) private readonly users: Repository<User>,
    @InjectRepository(RefreshToken) private readonly refreshTokens: Repository<RefreshToken>,
  ) {}

  async logIn(email: string, password: string) {
    const user = await this.users.findOneBy({ email })
    if (!user || !(await bcrypt.compare(password, user.password))) throw new UnauthorizedException()
    return this.issue(user.id)
  }

  async refresh(refreshToken: string) {
    const stored = await this.refreshTokens.findOneBy({ hash: this.hash(refreshToken) })
    if (!stored) throw new UnauthorizedException()
    await this.refreshTokens.delete({ hash: stored.hash })
    return this.issue(stored.userId)
  }

  private async issue(userId: string) {
    const refreshToken = randomBytes(32).toString('base64url')
    await this.refreshTokens.insert({ hash: this.hash(refreshToken), userId })
    return { accessToken: await this.jwt.signAsync({ sub: userId }), refreshToken }
  }

  private hash(value: string) {
    return createHash('sha256').update(value).digest('hex')
  }
}
