import { Controller, Get, Req, UseGuards } from '@nestjs/common'
import { AuthGuard } from '@nestjs/passport'
import { NotesService } from './notes.service'

@UseGuards(AuthGuard('jwt'))
@Controller('notes')
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Get()
  list(@Req() request: { user: { sub: string } }) {
    return this.notes.ofOwner(request.user.sub)
  }

  @Get('templates')
  templates() {
    return ['list', 'letter']
  }
}
