import { Hono } from 'hono'
import { bearer } from './bearer'

const app = new Hono()

app.get('/tiles/:layer/:z/:x/:y', bearer, (c) => {
  const { layer, z, x, y } = c.req.param()
  if (!c.get('layers').includes(layer)) return c.text('forbidden', 403)
  const size = 256
  const n = 2 ** Number(z)
  const lon = (Number(x) / n) * 360 - 180
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * Number(y)) / n))) * 180) / Math.PI
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><text x="8" y="20">${lat.toFixed(3)}, ${lon.toFixed(3)}</text></svg>`
  return c.body(svg, 200, { 'content-type': 'image/svg+xml' })
})

export default app
