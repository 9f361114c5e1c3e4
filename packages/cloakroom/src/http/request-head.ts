/** Where a credential may travel. */
export type Transport = 'cookie' | 'bearer'

/**
 * All that Cloakroom reads of a request: header values as they came, `undefined` where absent.
 * Adapters fill it in; nothing behind them knows a framework.
 */
export interface RequestHead {
  readonly method: string
  readonly cookie: string | undefined
  readonly authorization: string | undefined
  readonly origin: string | undefined
  readonly secFetchSite: string | undefined
  /** What the connection is to become: `websocket`. */
  readonly upgrade?: string | undefined
  /** Only sign-in reads these two, for the list of devices. */
  readonly userAgent: string | undefined
  /** The client's address, by whatever rule the application trusts proxies. */
  readonly ip: string | undefined
}

/** @throws {TypeError} */
export function checkTransports(transports: readonly Transport[]): readonly Transport[] {
  const known = transports.every((transport) => transport === 'cookie' || transport === 'bearer')
  if (known && transports.length > 0) return Object.freeze([...transports])
  throw new TypeError("transports must be 'cookie', 'bearer' or both")
}
