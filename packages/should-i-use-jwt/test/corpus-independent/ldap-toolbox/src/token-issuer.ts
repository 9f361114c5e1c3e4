import jwt from 'jsonwebtoken';

export class TokenIssuer {
  constructor(private readonly secret: string) {}

  issue(uid: string): string {
    return jwt.sign({}, this.secret, { algorithm: 'HS256', subject: uid, issuer: 'net-toolbox', expiresIn: '8h' });
  }

  check(token: string): string {
    const { sub } = jwt.verify(token, this.secret, { algorithms: ['HS256'], issuer: 'net-toolbox' }) as jwt.JwtPayload;
    return sub!;
  }
}
