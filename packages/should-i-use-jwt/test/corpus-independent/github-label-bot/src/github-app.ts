import jwt from 'jsonwebtoken';
import { fetch } from 'undici';

const API = 'https://api.github.com';

export class GitHubApp {
  private cache = new Map<number, { token: string; expiresAt: number }>();

  constructor(
    private readonly appId: string,
    private readonly privateKey: string,
  ) {}

  /** https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app */
  private appToken(): string {
    const now = Math.floor(Date.now() / 1000);
    return jwt.sign({ iat: now - 60, exp: now + 9 * 60, iss: this.appId }, this.privateKey, { algorithm: 'RS256' });
  }

  async installationToken(installationId: number): Promise<string> {
    const cached = this.cache.get(installationId);
    if (cached && cached.expiresAt > Date.now() + 60_000) return cached.token;

    const res = await fetch(`${API}/app/installations/${installationId}/access_tokens`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.appToken()}`, accept: 'application/vnd.github+json' },
    });
    if (!res.ok) throw new Error(`GitHub answered ${res.status}`);
    const body = (await res.json()) as { token: string; expires_at: string };
    this.cache.set(installationId, { token: body.token, expiresAt: Date.parse(body.expires_at) });
    return body.token;
  }

  async addLabels(installationId: number, repo: string, issue: number, labels: string[]): Promise<void> {
    const token = await this.installationToken(installationId);
    await fetch(`${API}/repos/${repo}/issues/${issue}/labels`, {
      method: 'POST',
      headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ labels }),
    });
  }
}
