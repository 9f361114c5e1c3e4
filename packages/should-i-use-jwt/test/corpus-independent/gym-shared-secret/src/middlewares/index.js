exports.protect = require('./protect');
