const ACCESS = 'ws_access';
const REFRESH = 'ws_refresh';

export function remember(tokens: { access: string; refresh?: string }) {
  localStorage.setItem(ACCESS, tokens.access);
  if (tokens.refresh) localStorage.setItem(REFRESH, tokens.refresh);
}

async function renew(): Promise<boolean> {
  const res = await fetch('/api/account/refresh', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refresh: localStorage.getItem(REFRESH) }),
  });
  if (res.ok) remember(await res.json());
  return res.ok;
}

export async function api(path: string, init: RequestInit = {}, again = true): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${localStorage.getItem(ACCESS)}`);
  const res = await fetch(`/api${path}`, { ...init, headers });
  return res.status === 401 && again && (await renew()) ? api(path, init, false) : res;
}
