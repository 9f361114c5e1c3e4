const { Sequelize, DataTypes } = require('sequelize');

const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false });

const Member = sequelize.define('member', { email: DataTypes.STRING, password: DataTypes.STRING });
const GymClass = sequelize.define('class', { name: DataTypes.STRING, startsAt: DataTypes.DATE });
const Booking = sequelize.define('booking', {});

Booking.belongsTo(Member);
Booking.belongsTo(GymClass);

module.exports = { sequelize, Member, GymClass, Booking };
