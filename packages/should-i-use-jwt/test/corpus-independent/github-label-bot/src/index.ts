import express from 'express';
import { GitHubApp } from './github-app.js';
import { labelsFor } from './rules.js';
import { verifySignature } from './verify-signature.js';

const gh = new GitHubApp(process.env.GITHUB_APP_ID!, process.env.GITHUB_PRIVATE_KEY!.replace(/\\n/g, '\n'));
const app = express();

app.post(
  '/webhook',
  express.raw({ type: 'application/json' }),
  verifySignature(process.env.GITHUB_WEBHOOK_SECRET!),
  async (req, res) => {
    const event = JSON.parse(req.body.toString('utf8'));
    if (req.get('x-github-event') === 'issues' && event.action === 'opened') {
      const labels = labelsFor(event.issue.title);
      if (labels.length > 0) {
        await gh.addLabels(event.installation.id, event.repository.full_name, event.issue.number, labels);
      }
    }
    res.sendStatus(204);
  },
);

app.listen(process.env.PORT ?? 3000);
