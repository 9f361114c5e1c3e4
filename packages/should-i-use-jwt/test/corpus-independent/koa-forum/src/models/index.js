const { Sequelize, DataTypes } = require('sequelize');
const { db } = require('../config');

const sequelize = new Sequelize(db.name, db.user, db.password, { host: db.host, dialect: 'mysql', logging: false });

const Member = sequelize.define('Member', {
  nick: { type: DataTypes.STRING(32), unique: true, allowNull: false },
  passwordHash: DataTypes.STRING,
  bannedUntil: DataTypes.DATE,
});

const Thread = sequelize.define('Thread', { title: DataTypes.STRING });
const Post = sequelize.define('Post', { body: DataTypes.TEXT });

Thread.hasMany(Post);
Post.belongsTo(Thread);
Member.hasMany(Post);
Post.belongsTo(Member);

module.exports = { sequelize, Member, Thread, Post };
