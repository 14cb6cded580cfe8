"""What tests of card login need around them: an authority that is openssl, and the relying site with
a browser that talks raw HTTP."""
import base64
import hashlib
import http.client
import json
import os
import struct
import subprocess
import tempfile
import urllib.parse

import pcscd
from openssl_authority import Authority, stop

SITE = os.path.join(pcscd.build_folder(), "tests", "relying-site")


class Site:
    """relying-site, and a browser that keeps one session with it."""

    def __init__(self, *options):
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([SITE, *options], stdout=subprocess.PIPE, text=True, stderr=self.log)
        self.port = int(self.process.stdout.readline())
        self.origin = f"http://127.0.0.1:{self.port}"
        self.cookie = None

    def ask(self, method, path, body=None, headers=None, cookie=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = dict(headers or {})
        if cookie:
            headers["Cookie"] = cookie
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def begin(self):
        """Fetches the login page; returns the nonce. The cookie is kept."""
        answer, text = self.ask("GET", "/login", headers={"Accept": "application/json"}, cookie=self.cookie)
        self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        page = json.loads(text)
        assert page["return"] == self.origin + "/return", page
        return base64.b64decode(page["nonce"])

    def post(self, nonce, token):
        form = urllib.parse.urlencode({"nonce": base64.b64encode(nonce), "token": token})
        return self.ask("POST", "/return", form, {"Content-Type": "application/x-www-form-urlencoded"})

    def bring(self, nonce, token):
        """Posts without a cookie; returns where the answer waits."""
        answer, _ = self.post(nonce, token)
        assert answer.status == 303, answer.status
        return answer.getheader("Location")

    def fetch(self, location):
        answer, text = self.ask("GET", location, cookie=self.cookie)
        if answer.getheader("Set-Cookie"):
            self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        return answer.status, json.loads(text)

    def log_in(self, nonce, token):
        return self.fetch(self.bring(nonce, token))

    def told(self):
        """What the site wrote on stderr so far."""
        self.log.seek(0)
        return self.log.read()

    def close(self):
        stop(self.process)
        return self.process.returncode


def make_token(authority, name, origin, nonce, key=None, more=b""):
    message = b"JPKI login 1" + hashlib.sha256(origin.encode()).digest() + hashlib.sha256(nonce).digest()
    signature = authority.openssl("dgst", "-sha256", "-sign", (key or name) + ".key", data=message)
    with open(authority.path(name + ".der"), "rb") as file:
        cert = file.read()
    sized = struct.pack(">I", len(cert)) + cert + struct.pack(">I", len(signature)) + signature
    return base64.b64encode(sized + more)
