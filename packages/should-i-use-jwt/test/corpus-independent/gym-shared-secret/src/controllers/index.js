exports.AuthController = require('./auth.controller');
exports.BookingController = require('./booking.controller');
