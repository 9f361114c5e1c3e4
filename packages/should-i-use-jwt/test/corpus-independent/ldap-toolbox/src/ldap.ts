import { Client, InvalidCredentialsError } from 'ldapts';

export async function bindAs(uid: string, password: string): Promise<boolean> {
  if (!/^[a-z][a-z0-9]*$/.test(uid) || !password) return false;
  const client = new Client({ url: process.env.LDAP_URL! });
  try {
    await client.bind(`uid=${uid},ou=people,dc=example,dc=org`, password);
    return true;
  } catch (err) {
    if (err instanceof InvalidCredentialsError) return false;
    throw err;
  } finally {
    await client.unbind();
  }
}
