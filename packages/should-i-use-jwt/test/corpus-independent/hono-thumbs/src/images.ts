import { PhotonImage, SamplingFilter, draw_text, resize as photonResize } from '@cf-wasm/photon'

export function resize(bytes: Uint8Array, width: number): Uint8Array {
  const source = PhotonImage.new_from_byteslice(bytes)
  const height = Math.round((source.get_height() * width) / source.get_width())
  const out = photonResize(source, width, height, SamplingFilter.Lanczos3)
  const webp = out.get_bytes_webp()
  source.free()
  out.free()
  return webp
}

export function watermark(bytes: Uint8Array, text: string): Uint8Array {
  const image = PhotonImage.new_from_byteslice(bytes)
  draw_text(image, text, 12, 12, 24)
  const webp = image.get_bytes_webp()
  image.free()
  return webp
}
