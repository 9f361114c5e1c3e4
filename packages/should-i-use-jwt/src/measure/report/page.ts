import type { Figures } from '../figures.ts'
export function renderPage(figures: Figures): string {
  return JSON.stringify(figures)
}
