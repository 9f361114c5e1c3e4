const { Sequelize, DataTypes } = require('sequelize')

const sequelize = new Sequelize(process.env.DATABASE_URL)

const Customer = sequelize.define('Customer', {
  email: DataTypes.STRING,
  passwordHash: DataTypes.STRING,
  suspended: DataTypes.BOOLEAN,
})
const Book = sequelize.define('Book', { title: DataTypes.STRING, price: DataTypes.INTEGER })
const Purchase = sequelize.define('Purchase', { quantity: DataTypes.INTEGER })
Customer.hasMany(Purchase)

module.exports = { sequelize, Customer, Book, Purchase }
