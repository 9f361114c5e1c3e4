import { Body, Controller, Post } from '@nestjs/common'
import { AuthService } from './auth.service'
import { Public } from './public.decorator'

@Public()
@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  logIn(@Body() body: { email: string; password: string }) {
    return this.auth.logIn(body.email, body.password)
  }

  @Post('refresh')
  refresh(@Body() body: { refreshToken: string }) {
    return this.auth.refresh(body.refreshToken)
  }
}
