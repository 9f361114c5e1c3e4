const express = require('express');
const log = require('pino')();
const { connect } = require('./mongo');
const api = require('./api');
const internal = require('./internal');

const app = express();
app.use(express.json());
app.use('/login', require('./login'));
app.use('/api', api);
app.use('/internal', internal);

connect()
  .then(() => app.listen(process.env.PORT || 8080, () => log.info('up')))
  .catch((err) => {
    log.fatal(err);
    process.exit(1);
  });
