import Fastify from 'fastify';
import mongoose from 'mongoose';
import { accountRoutes } from '@api/account';
import { stationRoutes } from '@api/stations';
import { unitRoutes } from '@api/units';

const app = Fastify({ logger: true });

app.register(accountRoutes, { prefix: '/account' });
app.register(stationRoutes, { prefix: '/stations' });
app.register(unitRoutes, { prefix: '/units' });

await mongoose.connect(process.env.MONGODB_URI!);
await app.listen({ port: 3001 });
