import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { MongooseModule } from '@nestjs/mongoose';
import { SessionGuard } from './session.guard';
import { LoginSession, LoginSessionSchema } from './session.schema';

@Module({
  imports: [
    JwtModule.register({
      secret: process.env.TELEHEALTH_SECRET,
      signOptions: { expiresIn: '10h', audience: 'telehealth' },
      verifyOptions: { algorithms: ['HS256'], audience: 'telehealth' },
    }),
    MongooseModule.forFeature([{ name: LoginSession.name, schema: LoginSessionSchema }]),
  ],
  providers: [SessionGuard],
  exports: [SessionGuard, JwtModule, MongooseModule],
})
export class IdentityModule {}
