var express = require('express');
var bodyParser = require('body-parser');
var cookieParser = require('cookie-parser');
var config = require('config');

var app = express();

app.use(bodyParser.json());
app.use(cookieParser());
app.use(express.static('public'));

app.use('/auth', require('./controllers/auth'));
app.use('/customers', require('./lib/token').check, require('./controllers/customers'));

app.listen(config.get('port'), function () {
  console.log('CRM listens on ' + config.get('port'));
});
