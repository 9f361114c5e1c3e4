export const settings = {
  mongo: process.env.MONGO_URL,
  token: { key: process.env.TOKEN_SECRET, minutes: 30 },
}
