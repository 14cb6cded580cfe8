"""A visitor of the pages: what a browser does of itself. It keeps the cookie, and says where a form comes from."""
import http.client
import json
import urllib.parse


class Visitor:
    """address: on this machine, from which the visitor comes. url: that of the pages, where the service was told one."""

    def __init__(self, service, address=None, url=None):
        self.host = service.urls["web"].rstrip("/").removeprefix("http://")
        self.origin = (url or f"http://{self.host}").rstrip("/")
        self.address, self.cookie, self.flags = address, "", ""  # of the staff's session

    def ask(self, method, path, form=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=40, source_address=self.address and (self.address, 0))
        sent = {"Accept": "application/json", "Accept-Language": "en"}
        if self.cookie:
            sent["Cookie"] = self.cookie
        body = None
        if method == "POST":
            sent |= {"Origin": self.origin, "Sec-Fetch-Site": "same-origin",
                     "Content-Type": "application/x-www-form-urlencoded"}
            body = urllib.parse.urlencode(form or {})
        sent |= headers
        connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
        answer = connection.getresponse()
        self.status, self.headers, self.text = answer.status, answer.headers, answer.read().decode()
        connection.close()
        for one in answer.headers.get_all("Set-Cookie", []):
            if one.startswith(("staff=", "__Host-staff=")):
                self.cookie, _, self.flags = one.partition("; ")
        return self

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)

    def post(self, path, form=None, **headers):
        return self.ask("POST", path, form, **headers)

    def json(self):
        return json.loads(self.text)
