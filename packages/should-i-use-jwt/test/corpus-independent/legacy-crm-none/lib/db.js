var mysql = require('mysql2');
var config = require('config');

module.exports = mysql.createPool(Object.assign({ connectionLimit: 5 }, config.get('mysql')));
