import express from 'express';
import { episodes } from './episodes.js';
import { login } from './login.js';

const app = express();
app.use(express.json());
app.post('/login', ...login);
app.use('/episodes', episodes);
app.listen(3000);
