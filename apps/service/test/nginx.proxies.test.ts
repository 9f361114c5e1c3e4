import { startNginx } from '@cloakroom/test-servers'
import { readRecipe } from './read-recipe.ts'
import { testForwardAuth } from './test-forward-auth.ts'

testForwardAuth('nginx', ({ servicePort, applicationPort }) =>
  startNginx((port) =>
    readRecipe('nginx.conf', {
      'listen 443 ssl': `listen 127.0.0.1:${port}`,
      'ssl_certificate /etc/ssl/app.example.pem;': '',
      'ssl_certificate_key /etc/ssl/app.example.key;': '',
      '127.0.0.1:3000': `127.0.0.1:${servicePort}`,
      '127.0.0.1:8080': `127.0.0.1:${applicationPort}`,
    }),
  ),
)
