import type { Application, Question, Reply } from './application.ts'

/**
 * For the module of an application's process: opens it with the options that `startApplication` was
 * given, answers what it is asked, and ends with the process that started it.
 */
export function serveApplication<Options>(open: (options: Options) => Promise<Application>): void {
  let application: Application | undefined

  async function answer(question: Question): Promise<unknown> {
    if (question.ask === 'open') {
      application = await open(question.options as Options)
      const { port, header, credentials } = application
      return { port, header, credentials }
    }
    if (application === undefined) throw new Error('The application is not open')
    if (question.ask === 'statements') return application.statements?.() ?? 0
    if (question.ask === 'logOut') return application.logOut?.(question.credential)
    if (question.ask === 'verifyMany') {
      return application.verifyMany?.(question.concurrency, question.milliseconds)
    }
    if (question.ask === 'close') return application.close()
    const { user, system } = process.cpuUsage()
    return user + system
  }

  process.on('message', async (question: Question) => {
    let reply: Reply
    try {
      reply = { value: await answer(question) }
    } catch (error) {
      reply = { error: error instanceof Error ? error.message : String(error) }
    }
    process.send?.(reply)
  })
  // Whoever is gone, even by `kill -9`, needs no application, and its locks are to be free.
  process.on('disconnect', () => process.exit())
  // Ctrl-C reaches the whole group of processes; the one that started this one ends it.
  process.on('SIGINT', () => {})
}
