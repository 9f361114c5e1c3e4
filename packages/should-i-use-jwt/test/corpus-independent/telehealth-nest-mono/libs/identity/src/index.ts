export * from './identity.module';
export * from './session.guard';
export * from './session.schema';
