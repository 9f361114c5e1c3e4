import { Controller, Get, Param, Req } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Repository } from 'typeorm'
import { Task } from './task.entity'

@Controller('tasks')
export class TasksController {
  constructor(@InjectRepository(Task) private readonly tasks: Repository<Task>) {}

  @Get()
  list(@Req() request) {
    return this.tasks.find({ where: { ownerId: request.user.sub } })
  }

  @Get(':id')
  one(@Req() request, @Param('id') id: string) {
    return this.tasks.findOneBy({ id, ownerId: request.user.sub })
  }
}
