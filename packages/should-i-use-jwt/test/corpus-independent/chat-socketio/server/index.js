'use strict';

const http = require('http');
const path = require('path');
const express = require('express');
const { Server } = require('socket.io');
const loginRouter = require('./login');
const authenticateSocket = require('./socket-auth');
const registerHandlers = require('./handlers');

const app = express();
app.use(express.json());
app.use(express.static(path.join(__dirname, '..', 'public')));
app.use('/login', loginRouter);

const server = http.createServer(app);
const io = new Server(server, { cors: { origin: process.env.ORIGIN } });

io.use(authenticateSocket);
io.on('connection', (socket) => registerHandlers(io, socket));

server.listen(process.env.PORT || 4000);
