import { startCaddy } from '@cloakroom/test-servers'
import { readRecipe } from './read-recipe.ts'
import { testForwardAuth } from './test-forward-auth.ts'

testForwardAuth('Caddy', ({ servicePort, applicationPort }) =>
  startCaddy((port) =>
    readRecipe('Caddyfile', {
      'app.example {': `http://app.example:${port} {`,
      '127.0.0.1:3000': `127.0.0.1:${servicePort}`,
      '127.0.0.1:8080': `127.0.0.1:${applicationPort}`,
    }),
  ),
)
