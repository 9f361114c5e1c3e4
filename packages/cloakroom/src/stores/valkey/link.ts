/** What a command is made of. */
export type Argument = string | Buffer
export type Command = readonly Argument[]

/** What comes back: strings as bytes. */
export type Reply = null | number | Uint8Array | string | readonly Reply[]

/** What the clients have in common, whatever the server or servers behind them. */
export interface Link {
  /** Whether keys of different slots may be on different servers. */
  readonly isCluster: boolean
  /** Sends a command to the primary that has the key. Drivers may send it twice, or late. */
  send(key: string, command: Command): Promise<Reply>
  /** Every primary, as far as is known. */
  primaries(): Promise<Primary[]>
  /** The primary that has the key, as far as is known. */
  primaryOf(key: string): Promise<Primary>
  /**
   * Takes another connection for commands with this key: by the one that there is nothing comes any
   * more, which the operating system may not notice for a quarter of an hour.
   */
  renew(key: string): Promise<void>
  /** Closes what it has opened itself. */
  close(): void
}

export interface Primary {
  /** Where it is, for people and to tell one from another. */
  readonly name: string
  send(command: Command): Promise<Reply>
  /** Connects once more, to this very server, for what needs a connection to itself. */
  dedicate(): Promise<Dedicated>
}

/** One socket: when it breaks, all commands fail for ever, and none is sent again. */
export interface Dedicated {
  isOpen(): boolean
  send(command: Command): Promise<Reply>
  /** Hears what is published on a channel. From then on the connection takes no command but PING. */
  subscribe(channel: string, hear: (message: Reply) => void): Promise<unknown>
  /** Calls when the connection has broken, maybe more than once. */
  onEnd(listener: () => void): void
  close(): void
}
