import { Controller, Get, Param, Req, UseGuards } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { SessionGuard } from '@th/identity';
import { Model } from 'mongoose';

@UseGuards(SessionGuard)
@Controller('visits')
export class VisitsController {
  constructor(@InjectModel('Visit') private readonly visits: Model<any>) {}

  @Get()
  list(@Req() req: { doctorId: string }) {
    return this.visits.find({ doctorId: req.doctorId }).sort({ at: 1 }).lean();
  }

  @Get(':id')
  one(@Req() req: { doctorId: string }, @Param('id') id: string) {
    return this.visits.findOne({ _id: id, doctorId: req.doctorId }).lean();
  }
}
