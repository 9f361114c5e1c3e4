import Router from '@koa/router';
import mysql from 'mysql2/promise';

const pool = mysql.createPool(process.env.MYSQL_URL);

export const peopleRoutes = new Router();

peopleRoutes.get('/people', async (ctx) => {
  const [rows] = await pool.query('SELECT name, phone, room FROM people ORDER BY name');
  ctx.body = rows;
});

peopleRoutes.get('/people/me', async (ctx) => {
  const [rows] = await pool.execute('SELECT name, phone, room FROM people WHERE email = ?', [ctx.session.person.email]);
  ctx.body = rows[0] ?? ctx.throw(404);
});
