import { Schema, Types, model } from 'mongoose';

export const Account = model(
  'Account',
  new Schema({ email: { type: String, unique: true, required: true }, hash: { type: String, required: true } }),
);

export const Station = model(
  'Station',
  new Schema({
    owner: { type: Types.ObjectId, ref: 'Account', index: true },
    name: String,
    lastReading: { celsius: Number, hPa: Number, at: Date },
  }),
);
