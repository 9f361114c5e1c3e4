import type { Bucket } from './keys.ts'

/** The slot of a cluster in which keys with this bucket as their hash tag are. */
export function slotOf(bucket: Bucket): number {
  return checksum(Buffer.from(bucket)) % 16_384
}

/** CRC-16/XMODEM, which the cluster specification asks for. */
function checksum(bytes: Uint8Array): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit += 1) {
      crc = ((crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021) & 0xffff
    }
  }
  return crc
}
