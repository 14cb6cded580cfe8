"""What tests of the agent have around them: a resident's card, an agent, a browser that talks raw HTTP, and another
program at the same card."""
import ctypes
import http.client
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("..", "../login"):
    sys.path.insert(0, os.path.join(HERE, folder))
import pcscd  # noqa: E402
from shell import Shell, free_port  # noqa: E402

JPKI = f"{pcscd.build_folder()}/jpki"
BENCH = f"{pcscd.build_folder()}/tests/client/card-bench"
FORM = "application/x-www-form-urlencoded"
PIN = "1357"
SERIAL = 0x0705D9AA


def make_cards(folder, authority):
    """`card`, with an authentication certificate and its PIN, and `blank` without."""
    must = Shell(folder).must
    must("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "permit.key")
    must("openssl", "pkey", "-in", "permit.key", "-pubout", "-out", "permit.pub")
    for name, number in (("card", "7"), ("blank", "8")):
        must(JPKI, "card", "make", name, "--permit-key", "permit.pub", "--card-id", "400000012719843132212035021" + number)
    must("openssl", "x509", "-in", authority.path("authority.pem"), "-outform", "DER", "-out", "authority.der")
    act = ["card", "permit.key", "authentication", PIN]
    must(BENCH, "set-pin", *act)
    authority.certify("card", "authentication", must(BENCH, "make-key", *act), SERIAL)
    must(BENCH, "install", *act, authority.path("card.der"), "authority.der")


class Agent:
    """jpki agent, of this user or, with setpriv's words before it, of another. errors: where its standard error goes in
    the place of a log."""

    def __init__(self, folder, *options, port=None, before=(), errors=None):
        self.port = port or free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.log_name = f"{folder}/agent-{self.port}.log"
        with open(self.log_name, "a") as log:
            self.process = subprocess.Popen([*before, JPKI, "agent", "--port", str(self.port), *options], text=True,
                                            stdout=subprocess.PIPE, stderr=log if errors is None else errors,
                                            env=dict(os.environ, XDG_CONFIG_HOME=f"{folder}/config", LC_ALL="C"))
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if ":" + str(self.port) in line:
                break

    def told(self, word=""):
        """The log, once that stands in it; what it is without it after two seconds."""
        end = time.monotonic() + 2
        while True:
            with open(self.log_name) as log:
                text = log.read()
            if word in text or time.monotonic() > end:
                return text
            time.sleep(0.02)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        self.process.wait(10)
        self.process.stdout.close()
        return self.process.returncode

    def ask(self, method, path, headers=(), body=None):
        """headers: pairs, as they are; what is not there is not sent. Returns the answer, its text in .text."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def browse(self, path, origin, fields, **changed):
        """What a browser sends when a page of that origin posts a form; changed: headers with _ for -, None is none,
        a list stands there as often."""
        headers = {"Host": f"127.0.0.1:{self.port}", "Origin": origin, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
                   "Content-Type": FORM, **{name.replace("_", "-"): value for name, value in changed.items()}}
        pairs = [(name, one) for name, value in headers.items() if value is not None
                 for one in (value if isinstance(value, list) else [value])]
        body = fields if isinstance(fields, bytes) else urllib.parse.urlencode(fields).encode()
        return self.ask("POST", path, pairs, body)

    def own(self, act, token, origin=None, **more):
        """One of the agent's own pages posts its form."""
        fields = {"token": token, **({"pin": more.pop("pin")} if "pin" in more else {})}
        return self.browse(f"/login/{act}", origin or self.origin, fields, **more)


def hidden(text, name):
    """The value of a page's hidden field; None when there is none."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', text)
    return found and found[1]


def tries_of(text):
    """What a page says of the tries left; None when it says nothing."""
    found = re.search(r'<dd class="tries">(\d+)</dd>', text)
    return found and int(found[1])


def asks_for_pin(text):
    return 'name="pin"' in text


class OtherProgram:
    """Another program that is at the card all the time, and selects nothing that would make the card forget a PIN."""
    AID = bytes.fromhex("D392F000260100000001")
    DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420") + bytes(32)

    def __init__(self, reader):
        self.library = ctypes.CDLL("libpcsclite.so.1")
        self.context, self.card, self.protocol = ctypes.c_long(), ctypes.c_long(), ctypes.c_ulong()
        must = self.library.SCardEstablishContext(ctypes.c_ulong(2), None, None, ctypes.byref(self.context))
        must = must or self.library.SCardConnect(self.context, reader.encode(), ctypes.c_ulong(2), ctypes.c_ulong(3),
                                                 ctypes.byref(self.card), ctypes.byref(self.protocol))
        if must:
            raise RuntimeError(f"no card: {must & 0xffffffff:08x}")

    def transmit(self, apdu):
        """The status word."""
        room = ctypes.create_string_buffer(512)
        length = ctypes.c_ulong(len(room))
        pci = ctypes.c_ulong.in_dll(self.library, "g_rgSCardT1Pci" if self.protocol.value == 2 else "g_rgSCardT0Pci")
        failed = self.library.SCardTransmit(self.card, ctypes.byref(pci), apdu, ctypes.c_ulong(len(apdu)), None, room,
                                            ctypes.byref(length))
        if failed:
            raise RuntimeError(f"no answer: {failed & 0xffffffff:08x}")
        return room.raw[:length.value][-2:].hex()

    def sign(self):
        """What the card says to whoever wants a signature and knows no PIN."""
        self.transmit(bytes.fromhex("00A4020C020017"))
        return self.transmit(bytes.fromhex("802A0080") + bytes([len(self.DIGEST_INFO)]) + self.DIGEST_INFO + b"\0")

    def verify(self, pin):
        """SELECT of the application, VERIFY; nothing is selected behind it."""
        self.transmit(bytes.fromhex("00A4040C0A") + self.AID)
        self.transmit(bytes.fromhex("00A4020C020018"))
        return self.transmit(bytes.fromhex("0020008004") + pin.encode())

    def forget(self):
        self.transmit(bytes.fromhex("00A4040C0A") + self.AID)

    def begin(self):
        """From now on nobody else reaches the card."""
        if self.library.SCardBeginTransaction(self.card):
            raise RuntimeError("no transaction")

    def close(self):
        self.library.SCardDisconnect(self.card, ctypes.c_ulong(0))
        self.library.SCardReleaseContext(self.context)
