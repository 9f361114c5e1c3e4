import { CanActivate, ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectModel } from '@nestjs/mongoose';
import { Model } from 'mongoose';
import { LoginSession } from './session.schema';

@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly jwt: JwtService,
    @InjectModel(LoginSession.name) private readonly sessions: Model<LoginSession>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest();
    const [type, token] = request.headers.authorization?.split(' ') ?? [];
    if (type !== 'Bearer') throw new UnauthorizedException();

    let claims: { sub: string; sid: string };
    try {
      claims = await this.jwt.verifyAsync(token);
    } catch {
      throw new UnauthorizedException();
    }

    if (!(await this.sessions.exists({ _id: claims.sid, doctorId: claims.sub }))) {
      throw new UnauthorizedException('Session was ended');
    }
    request.doctorId = claims.sub;
    request.sessionId = claims.sid;
    return true;
  }
}
