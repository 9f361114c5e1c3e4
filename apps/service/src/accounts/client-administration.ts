import type { Queries } from '../database/database.ts'
import type { Client } from '../oauth/clients.ts'
import type { OAuth } from '../oauth/oauth.ts'
import type { Administration } from '../service.ts'
import { ServiceError } from '../service-error.ts'
import type { Acts } from './acts.ts'

type ClientAdministration = Pick<
  Administration,
  'clients' | 'client' | 'addClient' | 'renewClientSecret' | 'dropOldClientSecret' | 'removeClient'
>

interface Parts {
  readonly acts: Acts
  readonly oauth: OAuth | undefined
}

/** The OAuth clients, for administrators. */
export function clientAdministration({ acts, oauth }: Parts): ClientAdministration {
  function registry() {
    if (oauth === undefined) throw new ServiceError('not_found')
    return oauth.clients
  }

  async function find(id: string): Promise<Client> {
    const client = await registry().find(id)
    if (client === undefined) throw new ServiceError('not_found')
    return client
  }

  function change<Result>(
    who: Parameters<Administration['removeClient']>,
    action: string,
    work: (queries: Queries) => Promise<Result>,
  ): Promise<Result> {
    const [actor, id, head] = who
    return acts.recorded({ actor, head, action, target: undefined, detail: id }, work)
  }

  return {
    async clients(actor) {
      acts.requireAdministrator(actor)
      return registry().list()
    },

    async client(actor, id) {
      acts.requireAdministrator(actor)
      return find(id)
    },

    async addClient(actor, wanted, head) {
      acts.requireSteppedUp(actor)
      const clients = registry()
      const act = { actor, head, action: 'client_added', target: undefined, detail: wanted.name }
      return acts.recorded(act, (queries) => clients.add(queries, wanted))
    },

    async renewClientSecret(actor, id, head) {
      acts.requireSteppedUp(actor)
      const client = await find(id)
      const secret = await change([actor, id, head], 'client_secret_renewed', async (queries) => {
        const renewed = await registry().renewSecret(queries, id)
        if (renewed === undefined) throw new ServiceError('not_found')
        return renewed
      })
      return { client, secret }
    },

    async dropOldClientSecret(actor, id, head) {
      acts.requireSteppedUp(actor)
      await change([actor, id, head], 'client_secret_dropped', async (queries) => {
        if (!(await registry().dropOldSecret(queries, id))) throw new ServiceError('not_found')
      })
    },

    async removeClient(actor, id, head) {
      acts.requireSteppedUp(actor)
      await change([actor, id, head], 'client_removed', async (queries) => {
        if (!(await registry().remove(queries, id))) throw new ServiceError('not_found')
      })
    },
  }
}
