import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { HydratedDocument } from 'mongoose';

/** A token is only good as long as its row is here. */
@Schema({ timestamps: true })
export class LoginSession {
  @Prop({ required: true })
  doctorId: string;

  @Prop({ required: true, expires: 0 })
  expiresAt: Date;

  @Prop()
  userAgent?: string;
}

export type LoginSessionDocument = HydratedDocument<LoginSession>;
export const LoginSessionSchema = SchemaFactory.createForClass(LoginSession);
