import { NextResponse } from 'next/server'

const quotes = [
  'Small steps every day.',
  'You do not rise to the level of your goals.',
  'Never miss twice.',
]

export async function GET() {
  return NextResponse.json({ quote: quotes[new Date().getDate() % quotes.length] })
}
