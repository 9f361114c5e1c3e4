import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { launchChromium } from '@cloakroom/test-servers/chromium'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import type { Figures } from '../../src/measure/figures.ts'
import { renderPage } from '../../src/measure/report/page.ts'

/** What a run on PostgreSQL and Valkey has found. */
const figures = JSON.parse(
  readFileSync(join(import.meta.dirname, 'measured.json'), 'utf8'),
) as Figures

const folder = mkdtempSync(join(tmpdir(), 'cloakroom-page-'))
const address = pathToFileURL(join(folder, 'measured.html')).href
const asked: string[] = []
const complaints: string[] = []
let browser: Browser
let page: Page

before(async () => {
  writeFileSync(new URL(address), renderPage(figures))
  browser = await launchChromium()
  // For axe-core alone: the page has no scripts, and would allow none.
  const context = await browser.newContext({ bypassCSP: true })
  context.on('request', (request) => asked.push(request.url()))
  context.on('console', (message) => complaints.push(message.text()))
  page = await context.newPage()
  await page.goto(address)
})
after(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true })
})

test('it is one file, which asks for nothing else and runs nothing', async () => {
  assert.deepEqual([asked, complaints], [[address], []])
  assert.equal(await page.locator('script, link, img, iframe').count(), 0)
  const strict = await browser.newPage()
  const refused: string[] = []
  strict.on('console', (message) => refused.push(message.text()))
  await strict.goto(address)
  // Its own policy lets it have its style.
  assert.deepEqual(refused, [])
  await strict.close()
})

test('it says what was found, for the person’s own rate', async () => {
  const said = await page.locator('.conclusions').innerText()
  assert.match(said, /This database answers [\d,]+ verifications a second/)
  assert.match(said, /Your 300 a second are/)
  assert.match(said, /10,000 a second would be/)
  assert.match(said, /Junk and expired tokens cost no statement/)
})

test('each plot has a name and its marks, and nothing outside of it', async () => {
  const { contenders } = figures
  const names = await page
    .locator('svg[role=img]')
    .evaluateAll((plots) => plots.map((plot) => plot.getAttribute('aria-label') ?? ''))
  for (const [plot, marks] of [
    ['Verifications a second', figures.saturation.steps.length + 2],
    ['Seconds until a log-out is effective', contenders.length - 1],
    ['Processor time of the application', contenders.length],
    ['Requests a second where the handler', contenders.length],
    ['Requests a second by what they bring', (contenders.length - 1) * 5],
  ] as const) {
    const name = names.find((each) => each.startsWith(plot))
    assert.ok(name, plot)
    const shapes = page.locator(`svg[aria-label="${name}"] > g`).locator('rect, circle, path')
    assert.ok((await shapes.count()) >= marks, plot)
  }
  const latency = names.filter((name) => name.startsWith('99th percentile'))
  assert.equal(latency.length, contenders.length)
  assert.doesNotMatch(await page.content(), /NaN|undefined|Infinity/)
  assert.deepEqual(await textsOutside(page), [])
})

test('in either scheme, on phone and desktop, it can be read; on paper it is light', async () => {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, media: 'screen' })
      const isFitting = () => document.documentElement.scrollWidth <= innerWidth
      assert.ok(await page.evaluate(isFitting), `${width} pixels are enough`)
      assert.equal(await isDark(page), colorScheme === 'dark')
      assert.deepEqual(await violations(page), [], `${width} pixels, ${colorScheme}`)
      // WCAG 2.2, 1.4.3 for text and 1.4.11 for what a plot is made of.
      const { text, marks } = await contrasts(page)
      assert.ok(Math.min(...text) >= 4.5, `${colorScheme}: ${text}`)
      assert.ok(marks.length >= 4 && Math.min(...marks) >= 3, `${colorScheme}: ${marks}`)
    }
  }
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
  assert.equal(await isDark(page), false)
})

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const results = (await page.evaluate('axe.run()')) as AxeResults
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

function isDark(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const [red = 0] = getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? []
    return Number(red) < 128
  })
}

/** Labels that lie, even in part, outside of their plot. */
function textsOutside(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('svg')].flatMap((svg) => {
      const plot = svg.getBoundingClientRect()
      return [...svg.querySelectorAll('text')]
        .filter((text) => {
          const { left, right, top, bottom } = text.getBoundingClientRect()
          return (
            left < plot.left - 1 ||
            right > plot.right + 1 ||
            top < plot.top - 1 ||
            bottom > plot.bottom + 1
          )
        })
        .map((text) => text.textContent ?? '')
    }),
  )
}

/** Of all colours of texts in plots, and of the marks of the legend, against the page. */
function contrasts(page: Page): Promise<{ text: number[]; marks: number[] }> {
  return page.evaluate(() => {
    const luminance = (color: string): number => {
      const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
        const share = Number(part) / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
    const paper = luminance(getComputedStyle(document.body).backgroundColor)
    const contrast = (color: string): number => {
      const [dark = 0, light = 0] = [luminance(color), paper].sort((a, b) => a - b)
      return (light + 0.05) / (dark + 0.05)
    }
    const colors = (selector: string, property: 'fill' | 'backgroundColor') => [
      ...new Set(
        [...document.querySelectorAll(selector)].map((each) => getComputedStyle(each)[property]),
      ),
    ]
    return {
      text: colors('svg text', 'fill').map(contrast),
      marks: colors('.swatch', 'backgroundColor').map(contrast),
    }
  })
}
