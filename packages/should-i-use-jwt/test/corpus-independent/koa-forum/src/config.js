const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
};

module.exports = {
  tokenSecret: required('TOKEN_SECRET'),
  tokenLife: '30d',
  db: {
    name: required('DB_NAME'),
    user: required('DB_USER'),
    password: required('DB_PASSWORD'),
    host: process.env.DB_HOST || 'localhost',
  },
};
