import { Module } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { JwtModule } from '@nestjs/jwt'
import { TypeOrmModule } from '@nestjs/typeorm'
import { AuthController } from './auth/auth.controller'
import { AuthService } from './auth/auth.service'
import { RefreshToken } from './auth/refresh-token.entity'
import { TokenGuard } from './auth/token.guard'
import { Task } from './tasks/task.entity'
import { TasksController } from './tasks/tasks.controller'
import { User } from './users/user.entity'

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL, autoLoadEntities: true }),
    TypeOrmModule.forFeature([User, Task, RefreshToken]),
    JwtModule.registerAsync({
      useFactory: () => ({
        secret: process.env.ACCESS_SECRET,
        signOptions: { expiresIn: '5m', issuer: 'tasks', audience: 'tasks' },
        verifyOptions: { algorithms: ['HS256'], issuer: 'tasks', audience: 'tasks' },
      }),
    }),
  ],
  controllers: [AuthController, TasksController],
  providers: [AuthService, { provide: APP_GUARD, useClass: TokenGuard }],
})
export class AppModule {}
