import { Body, Controller, Delete, Headers, HttpCode, Post, Req, UnauthorizedException, UseGuards } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { InjectModel } from '@nestjs/mongoose';
import { LoginSession, SessionGuard } from '@th/identity';
import { scryptSync, timingSafeEqual } from 'node:crypto';
import { Model } from 'mongoose';

@Controller('login')
export class LoginController {
  constructor(
    private readonly jwt: JwtService,
    @InjectModel('Doctor') private readonly doctors: Model<any>,
    @InjectModel(LoginSession.name) private readonly sessions: Model<LoginSession>,
  ) {}

  @Post()
  async login(@Body() body: { email: string; password: string }, @Headers('user-agent') userAgent: string) {
    const doctor = await this.doctors.findOne({ email: body.email });
    if (!doctor) throw new UnauthorizedException();
    const [salt, hash] = doctor.passwordHash.split(':');
    if (!timingSafeEqual(scryptSync(body.password, salt, 64), Buffer.from(hash, 'hex'))) {
      throw new UnauthorizedException();
    }
    const session = await this.sessions.create({
      doctorId: doctor.id,
      userAgent,
      expiresAt: new Date(Date.now() + 10 * 3600_000),
    });
    return { token: await this.jwt.signAsync({ sub: doctor.id, sid: session.id }) };
  }

  @Delete()
  @HttpCode(204)
  @UseGuards(SessionGuard)
  async logout(@Req() req: { sessionId: string }) {
    await this.sessions.deleteOne({ _id: req.sessionId });
  }
}
