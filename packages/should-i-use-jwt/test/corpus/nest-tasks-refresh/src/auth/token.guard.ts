import { CanActivate, ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { JwtService } from '@nestjs/jwt'
import { Request } from 'express'
import { IS_PUBLIC } from './public.decorator'

@Injectable()
export class TokenGuard implements CanActivate {
  constructor(
    private readonly jwt: JwtService,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext) {
    if (this.reflector.get(IS_PUBLIC, context.getHandler())) return true
    const request = context.switchToHttp().getRequest<Request>()
    try {
      request['user'] = await this.jwt.verifyAsync(this.tokenOf(request))
    } catch {
      throw new UnauthorizedException()
    }
    return true
  }

  private tokenOf(request: Request) {
    const [type, token] = request.headers.authorization?.split(' ') ?? []
    return type === 'Bearer' ? token : undefined
  }
}
