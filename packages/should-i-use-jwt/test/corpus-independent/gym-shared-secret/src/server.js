const express = require('express');
const { AuthController, BookingController } = require('./controllers');
const { protect } = require('./middlewares');

const app = express();
app.use(express.json());

const auth = new AuthController();
app.post('/auth/login', auth.login);
app.post('/auth/forgot', auth.forgot);
app.post('/auth/reset', auth.reset);
app.post('/auth/logout', protect, auth.logout);

const bookings = new BookingController();
app.get('/classes/mine', protect, bookings.mine);
app.post('/classes/:id/book', protect, bookings.book);

app.listen(process.env.PORT || 3000);
