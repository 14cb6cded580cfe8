"""A terminal of the counter, and who stands before its screen: reads the pages of `jpki agent --terminal`, presses what
they offer."""
import html
import http.client
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from shell import free_port  # noqa: E402

FORM = "application/x-www-form-urlencoded"


class Terminal:
    def __init__(self, folder, url, *options):
        self.port, self.url, self.options, self.config = free_port(), url, options, f"{folder}/config"
        self.origin = f"http://127.0.0.1:{self.port}"
        self.log = open(f"{folder}/terminal-{self.port}.log", "a")
        self.start()

    def start(self):
        self.process = subprocess.Popen([f"{jpkid.BUILD}/jpki", "agent", "--terminal", self.url, "--port", str(self.port), *self.options],
                                        text=True, stdout=subprocess.PIPE, stderr=self.log, env=dict(os.environ, LC_ALL="C.UTF-8", XDG_CONFIG_HOME=self.config))
        self.said = self.process.stdout.readline()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(20)
        self.process.stdout.close()
        return self.process.returncode

    def ask(self, method, path, form=None, **changed):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Origin": self.origin, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Content-Type": FORM} \
            if method == "POST" else {}
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        connection.request(method, path, urllib.parse.urlencode(form) if form is not None else None,
                           {name: value for name, value in headers.items() if value is not None})
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def page(self):
        return self.ask("GET", "/", Host=f"127.0.0.1:{self.port}").text

    def title(self):
        found = re.search(r"<h1>(.*?)</h1>", self.page())
        return html.unescape(found[1]) if found else ""

    def wait(self, *titles, seconds=30):
        """Until the screen has one of these; the title that it has then."""
        end = time.monotonic() + seconds
        while (title := self.title()) not in titles and time.monotonic() < end:
            time.sleep(0.05)
        return title

    def wait_for(self, text, seconds=10):
        """Until that stands on the screen; is it there?"""
        end = time.monotonic() + seconds
        while not (is_there := text in self.page()) and time.monotonic() < end:
            time.sleep(0.05)
        return is_there

    def asked(self):
        """Whose PIN the screen asks for, as it says it."""
        found = re.search(r'<label for="pin">(.*?)</label>', self.page())
        return found and found[1]

    def turn(self):
        return re.search(r'name="turn" value="(\d+)"', self.page())[1]

    def press(self, path, **fields):
        return self.ask("POST", path, {"turn": self.turn()} | fields)

    def type(self, pin):
        """As somebody does who touches the screen: one key after the other, then what confirms."""
        for key in pin:
            self.press("/pin", pin="", key=key)
        return self.press("/pin", pin="")
