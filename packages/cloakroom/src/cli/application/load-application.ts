import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { CommandError } from '../command-error.ts'
import { type OptionValues, tableOptions } from '../command-options.ts'
import type { Application } from './application.ts'
import { parseDatabaseUrl } from './database-url.ts'
import { applicationOfConfig } from './load-config.ts'
import { applicationOfUrl } from './load-url.ts'

interface Surroundings {
  readonly directory: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly warn: (message: string) => void
}

const usualConfigs = ['cloakroom.config.ts', 'cloakroom.config.js', 'cloakroom.config.mjs']
const variables = ['CLOAKROOM_DATABASE_URL', 'DATABASE_URL']

const visiblePassword =
  'Other users of this machine can see the password in --database while this runs. ' +
  `Put the URL into the environment as ${variables[0]}.`

/**
 * What was typed decides; then a config of the usual name, which says more than a URL; then the
 * environment.
 * @throws {CommandError} `usage`, `config`
 */
export async function loadApplication(
  options: OptionValues,
  { directory, environment, warn }: Surroundings,
): Promise<Application> {
  if (options.config !== undefined && options.database !== undefined) {
    throw new CommandError('usage', '--config and --database are two ways to say the same: use one')
  }
  const config = options.config ?? (options.database === undefined && usualConfig(directory))
  if (config) {
    refuseTableOptions(options, config)
    return applicationOfConfig(config, directory)
  }
  const typed = options.database
  const url = typed ?? variables.map((name) => environment[name]).find(Boolean)
  if (url !== undefined) {
    const parsed = parseDatabaseUrl(url)
    if (typed !== undefined && parsed.hasPassword) warn(visiblePassword)
    return applicationOfUrl(parsed, options, directory)
  }
  throw new CommandError(
    'usage',
    `Which database? Say --config FILE or --database URL, set ${variables.join(' or ')}, or make a ${usualConfigs[0]}`,
  )
}

function usualConfig(directory: string): string | undefined {
  return usualConfigs.find((name) => existsSync(resolve(directory, name)))
}

function refuseTableOptions(options: OptionValues, config: string): void {
  const stranger = [...tableOptions, 'feed' as const].find((name) => options[name] !== undefined)
  if (stranger === undefined) return
  throw new CommandError(
    'usage',
    `--${stranger} goes with a database URL; here ${config} says it. Without that config: --database`,
  )
}
