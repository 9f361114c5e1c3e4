import { Body, Controller, Get, Module, Post, Req } from '@nestjs/common';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, Repository } from 'typeorm';
import { User } from '../users/user.entity';

@Entity('appointments')
export class Appointment {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  patient: User;

  @Column('timestamptz')
  startsAt: Date;
}

@Controller('appointments')
export class AppointmentsController {
  constructor(@InjectRepository(Appointment) private readonly appointments: Repository<Appointment>) {}

  @Get()
  mine(@Req() req: { user: User }) {
    return this.appointments.find({ where: { patient: { id: req.user.id } }, order: { startsAt: 'ASC' } });
  }

  @Post()
  book(@Req() req: { user: User }, @Body('startsAt') startsAt: string) {
    return this.appointments.save({ patient: req.user, startsAt: new Date(startsAt) });
  }
}

@Module({
  imports: [TypeOrmModule.forFeature([Appointment])],
  controllers: [AppointmentsController],
})
export class AppointmentsModule {}
