"""A visitor of the pages: what a browser does of itself. It keeps the cookie, and says where a form comes from."""
import http.client
import json
import urllib.parse


class Visitor:
    """address: on this machine, from which the visitor comes."""

    def __init__(self, service, address=None):
        self.host = service.urls["web"].rstrip("/").removeprefix("http://")
        self.address, self.cookie, self.flags = address, "", ""

    def ask(self, method, path, form=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=40, source_address=self.address and (self.address, 0))
        sent = {"Accept": "application/json", "Accept-Language": "en"}
        if self.cookie:
            sent["Cookie"] = self.cookie
        body = None
        if method == "POST":
            sent |= {"Origin": f"http://{self.host}", "Sec-Fetch-Site": "same-origin",
                     "Content-Type": "application/x-www-form-urlencoded"}
            body = urllib.parse.urlencode(form or {})
        sent |= headers
        connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
        answer = connection.getresponse()
        self.status, self.headers, self.text = answer.status, answer.headers, answer.read().decode()
        connection.close()
        if answer.headers["Set-Cookie"]:
            self.cookie, _, self.flags = answer.headers["Set-Cookie"].partition("; ")
        return self

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, form=None, **headers):
        return self.ask("POST", path, form, **headers)

    def json(self):
        return json.loads(self.text)
