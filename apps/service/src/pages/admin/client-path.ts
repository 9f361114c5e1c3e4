export function clientPath(id: string): string {
  return `/admin/clients/${encodeURIComponent(id)}`
}
