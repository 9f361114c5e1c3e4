import { refuseOthers } from '../../../core/refuse-others.ts'

export interface ValkeyFeedOptions {
  /**
   * Seconds between two round trips that prove that the feed still hears each primary. 0.05 to 30;
   * default 1.
   */
  readonly heartbeatSeconds?: number
  /**
   * How many replicas must follow a primary for what it says to count. 0 to 10. Default: all that it
   * has. With fewer, one may be promoted that the primary, if it is cut off, does not miss.
   */
  readonly replicas?: number
}

/** @throws {TypeError} for what is out of its range */
export function checkFeedOptions(feed: boolean | ValkeyFeedOptions): void {
  if (typeof feed === 'boolean') return
  if (typeof feed !== 'object' || feed === null) {
    throw new TypeError('feed must be true, false or an object of options')
  }
  refuseOthers('feed', feed, { heartbeatSeconds: true, replicas: true })
  const { heartbeatSeconds = 1, replicas = 0 } = feed
  const isInRange = heartbeatSeconds >= 0.05 && heartbeatSeconds <= 30
  if (typeof heartbeatSeconds !== 'number' || !isInRange) {
    throw new TypeError('feed.heartbeatSeconds must be from 0.05 to 30')
  }
  if (!Number.isInteger(replicas) || replicas < 0 || replicas > 10) {
    throw new TypeError('feed.replicas must be an integer from 0 to 10')
  }
}
