const express = require('express');
const session = require('express-session');
const RedisStore = require('connect-redis').default;
const { createClient } = require('redis');
const { requireLogin } = require('./middleware/auth');

const redis = createClient({ url: process.env.REDIS_URL });
redis.connect().catch(console.error);

const app = express();
app.set('view engine', 'ejs');
app.use(express.urlencoded({ extended: false }));
app.use(
  session({
    store: new RedisStore({ client: redis, prefix: 'bc:' }),
    secret: process.env.SESSION_SECRET,
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, secure: process.env.NODE_ENV === 'production', maxAge: 14 * 24 * 3600 * 1000 },
  })
);

app.use('/', require('./routes/login'));
app.use('/books', requireLogin, require('./routes/books'));

app.listen(process.env.PORT || 3000);
