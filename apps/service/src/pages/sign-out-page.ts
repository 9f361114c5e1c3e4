import { clearDevice } from '../http/clear-device.ts'
import type { Page } from './page-context.ts'
import { seeOther } from './redirect.ts'

/** Only a POST, so that no link and no picture can sign anybody out. */
export const signOutPage: Page = {
  async submit(context) {
    const { service, head } = context.var
    clearDevice(context, await service.auth.http.signOut(head, { transports: ['cookie'] }))
    return seeOther(context, '/sign-in', 'signed_out')
  },
}
