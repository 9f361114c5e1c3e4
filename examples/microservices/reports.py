"""A service in another language, with nothing but its standard library. It asks the authentication
service about every token (RFC 7662), so a log-out or a block is effective on the next request."""

import base64
import json
import os
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ISSUER = os.environ.get("ISSUER", "http://localhost:3000")
CLIENT_ID = os.environ["CLIENT_ID"]
CLIENT_SECRET = os.environ["CLIENT_SECRET"]
SCOPE = "reports:read"


def introspect(token):
    """What the token stands for at this moment. Raises OSError if nobody can say."""
    credentials = f"{urllib.parse.quote(CLIENT_ID, '')}:{urllib.parse.quote(CLIENT_SECRET, '')}"
    request = urllib.request.Request(
        f"{ISSUER}/oauth/introspect",
        data=urllib.parse.urlencode({"token": token}).encode(),
        headers={"Authorization": "Basic " + base64.b64encode(credentials.encode()).decode()},
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)


class Reports(BaseHTTPRequestHandler):
    def do_GET(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return self.answer(401, {"error": "not_authenticated"}, 'Bearer realm="reports"')
        try:
            about = introspect(token.strip())
        except OSError:
            # Nobody is let through because nobody can be asked.
            return self.answer(503, {"error": "temporarily_unavailable"})
        if about.get("active") is not True:
            challenge = 'Bearer realm="reports", error="invalid_token"'
            return self.answer(401, {"error": "invalid_token"}, challenge)
        if SCOPE not in about.get("scope", "").split():
            challenge = 'Bearer realm="reports", error="insufficient_scope"'
            return self.answer(403, {"error": "insufficient_scope"}, challenge)
        self.answer(200, {"reports": ["coats, by year"], "userId": about["sub"]})

    def answer(self, status, body, challenge=None):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode() + b"\n")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "3003"))), Reports)
print(f"reports listens on http://localhost:{server.server_port}", flush=True)
server.serve_forever()
