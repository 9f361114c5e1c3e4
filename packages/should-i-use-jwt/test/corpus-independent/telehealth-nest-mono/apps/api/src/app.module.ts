import { Module } from '@nestjs/common';
import { MongooseModule, Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { IdentityModule } from '@th/identity';
import { LoginController } from './login.controller';
import { VisitsController } from './visits.controller';

@Schema()
export class Doctor {
  @Prop({ unique: true })
  email: string;

  @Prop()
  passwordHash: string;
}

@Schema()
export class Visit {
  @Prop({ index: true })
  doctorId: string;

  @Prop()
  patient: string;

  @Prop()
  at: Date;
}

@Module({
  imports: [
    MongooseModule.forRoot(process.env.MONGO_URL ?? 'mongodb://localhost/telehealth'),
    MongooseModule.forFeature([
      { name: 'Doctor', schema: SchemaFactory.createForClass(Doctor) },
      { name: 'Visit', schema: SchemaFactory.createForClass(Visit) },
    ]),
    IdentityModule,
  ],
  controllers: [LoginController, VisitsController],
})
export class AppModule {}
