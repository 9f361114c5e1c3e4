import { Injectable, UnauthorizedException } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { JwtService } from '@nestjs/jwt';
import { InjectRepository } from '@nestjs/typeorm';
import * as argon2 from 'argon2';
import { randomUUID } from 'node:crypto';
import { Repository } from 'typeorm';
import { User } from '../users/user.entity';

@Injectable()
export class AuthService {
  constructor(
    private readonly jwt: JwtService,
    private readonly config: ConfigService,
    @InjectRepository(User) private readonly users: Repository<User>,
  ) {}

  async login(email: string, password: string) {
    const user = await this.users
      .createQueryBuilder('u')
      .addSelect('u.passwordHash')
      .where('u.email = :email', { email })
      .getOne();
    if (!user || !user.isActive || !(await argon2.verify(user.passwordHash, password))) {
      throw new UnauthorizedException();
    }
    return this.issueTokens(user.id);
  }

  async refresh(refreshToken: string) {
    let userId: string;
    try {
      const payload = await this.jwt.verifyAsync<{ sub: string }>(refreshToken, {
        secret: this.config.getOrThrow<string>('JWT_REFRESH_SECRET'),
        algorithms: ['HS256'],
      });
      userId = payload.sub;
    } catch {
      throw new UnauthorizedException();
    }

    const user = await this.users
      .createQueryBuilder('u')
      .addSelect('u.currentRefreshHash')
      .where('u.id = :userId', { userId })
      .getOne();
    if (!user?.isActive || !user.currentRefreshHash || !(await argon2.verify(user.currentRefreshHash, refreshToken))) {
      throw new UnauthorizedException();
    }
    return this.issueTokens(user.id);
  }

  private async issueTokens(userId: string) {
    const accessToken = await this.jwt.signAsync({ sub: userId });
    const refreshToken = await this.jwt.signAsync(
      { sub: userId, jti: randomUUID() },
      { secret: this.config.getOrThrow<string>('JWT_REFRESH_SECRET'), expiresIn: '7d' },
    );
    await this.users.update(userId, { currentRefreshHash: await argon2.hash(refreshToken) });
    return { accessToken, refreshToken };
  }
}
