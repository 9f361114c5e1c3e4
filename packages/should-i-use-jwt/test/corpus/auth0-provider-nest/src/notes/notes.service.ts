import { Injectable } from '@nestjs/common'
import { InjectModel } from '@nestjs/mongoose'
import { Model } from 'mongoose'

@Injectable()
export class NotesService {
  constructor(@InjectModel('Note') private readonly notes: Model<{ owner: string; text: string }>) {}

  ofOwner(owner: string) {
    return this.notes.find({ owner }).exec()
  }
}
