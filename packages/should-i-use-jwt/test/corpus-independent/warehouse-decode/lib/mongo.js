const { MongoClient } = require('mongodb');

const client = new MongoClient(process.env.MONGO_URL);

exports.connect = () => client.connect();
exports.staff = () => client.db('warehouse').collection('staff');
exports.stock = () => client.db('warehouse').collection('stock');
exports.moves = () => client.db('warehouse').collection('moves');
