import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The Chromium of the machine: that of `CHROMIUM_PATH`, or the one on `PATH`. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: launchArguments,
    // People's browsers keep whole pages for their Back button, so this one does.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  })
}

function chromiumPath(): string {
  const given = process.env.CHROMIUM_PATH
  if (given !== undefined && given !== '') return given
  const folders = (process.env.PATH ?? '').split(delimiter)
  const paths = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  )
  const path = paths.find((path) => existsSync(path))
  if (path === undefined) throw new Error('There is no Chromium on PATH; set CHROMIUM_PATH.')
  return path
}
