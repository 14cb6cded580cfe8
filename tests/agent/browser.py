#!/usr/bin/python3
"""The agent in a real browser: starts a card, an agent and three sites for browser.mjs, which does the walking. One site
knows the agent as localhost, so that to the browser it is another site than the agent; one as 127.0.0.1; one has https and
a name, as real ones do, and shows what comes. --pictures FOLDER keeps what it saw;
--few: in one language."""
import base64
import http.server
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading

from resident import PIN, Agent, free_port, make_cards, pcscd
from tap import skip_all

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
if not all(map(shutil.which, ("node", "chromium"))) or not os.path.isdir(f"{SOURCE}/pages/node_modules/playwright-core"):
    skip_all("node, chromium or the packages of pages/ are not here")
gone = pcscd.missing("openssl")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()
from relying import Authority, Site  # noqa: E402

NAME = "portal.example"
words = sys.argv[1:]
folder = tempfile.mkdtemp(prefix="jpki-agent-browser-")
pictures = words[words.index("--pictures") + 1] if "--pictures" in words else f"{folder}/pictures"
os.makedirs(pictures, exist_ok=True)


class SecurePages(http.server.BaseHTTPRequestHandler):
    """/login as PROTOCOL.agent 2 has it, /careless without the header that it asks for. What is posted is told."""
    agent = ""

    def answer(self, kind, body, *headers):
        self.send_response(200)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        page = (f'<!DOCTYPE html><title>Portal</title><form method="post" action="http://{self.agent}/login">'
                f'<input type="hidden" name="nonce" value="{base64.b64encode(os.urandom(32)).decode()}">'
                f'<input type="hidden" name="return" value="https://{self.headers["Host"]}/return"><button>Log in</button></form>')
        policy = () if self.path == "/careless" else (("Referrer-Policy", "origin"),)
        self.answer("text/html", page.encode(), ("Set-Cookie", "session=1; Secure; HttpOnly; SameSite=Lax"), *policy)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer("application/json", json.dumps({name.lower(): value for name, value in self.headers.items()}).encode())

    def log_message(self, *_):
        pass


def serve_secure(agent):
    """Its address. The certificate is of nobody: the browser is told not to mind."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={NAME}", "-days", "1",
                    "-keyout", f"{folder}/portal.key", "-out", f"{folder}/portal.pem"], check=True, capture_output=True)
    SecurePages.agent = agent
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SecurePages)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/portal.pem", f"{folder}/portal.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"https://{NAME}:{server.server_port}"


def play(authority, port):
    secure = serve_secure(f"127.0.0.1:{port}")
    sites = [Site("--authority", authority.path("authority.pem"), "--crl", authority.path("list.crl"), "--agent", f"{name}:{port}")
             for name in ("localhost", "127.0.0.1")]
    try:
        with pcscd.Readers(1) as readers:
            readers.insert(0, f"{folder}/card")
            for language in ("ja",) if "--few" in words else ("ja", "en"):
                agent = Agent(folder, "--language", language, port=port)
                try:
                    done = subprocess.run(["node", f"{SOURCE}/tests/agent/browser.mjs", agent.origin, *(site.origin for site in sites),
                                           secure, PIN, pictures, language], env={**os.environ, "HOME": folder}, timeout=240,
                                          capture_output=True, text=True)
                finally:
                    agent.end()
                yield done
    finally:
        for site in sites:
            site.close()


def main():
    authority = Authority(f"{folder}/authority")
    authority.publish()
    make_cards(folder, authority)
    number = failed = 0
    for done in play(authority, free_port()):
        failed += done.returncode != 0
        for line in done.stdout.splitlines():
            if line.startswith(("ok ", "not ok ")):
                number += 1
                print(line.replace("N", str(number), 1))
            else:
                print(line)
        print("".join(f"# {line}\n" for line in done.stderr.splitlines()), end="")
    print(f"1..{number}")
    return 1 if failed else 0


try:
    status = main()
finally:
    shutil.rmtree(folder, ignore_errors=True)
sys.exit(status)
