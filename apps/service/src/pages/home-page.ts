import type { Page } from './page-context.ts'
import { home, seeOther } from './redirect.ts'

export const homePage: Page = {
  show: (context) => seeOther(context, context.var.actor === undefined ? '/sign-in' : home),
}
