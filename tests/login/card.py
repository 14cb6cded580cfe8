#!/usr/bin/python3
"""jpki login with a card in a reader (pcscd, our driver), at the relying site: what the resident sees,
and what is refused before the PIN is asked for. The certificate is made by openssl for the card's key.
Speaks TAP."""
import base64
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import pcscd  # noqa: E402
from shell import Shell  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

gone = pcscd.missing("openssl", "pkcs15-tool")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()
from relying import Authority, Site  # noqa: E402

JPKI = f"{pcscd.build_folder()}/jpki"
BENCH = f"{pcscd.build_folder()}/tests/client/card-bench"
PIN = "1357"
SERIAL = 0x0705D9AA
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-login-")
must = Shell(folder).must


def make_cards(authority):
    must("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "permit.key")
    must("openssl", "pkey", "-in", "permit.key", "-pubout", "-out", "permit.pub")
    for name, number in (("card", "7"), ("blank", "8")):
        must(JPKI, "card", "make", name, "--permit-key", "permit.pub", "--card-id", "400000012719843132212035021" + number)
    must("openssl", "x509", "-in", authority.path("authority.pem"), "-outform", "DER", "-out", "authority.der")
    act = [BENCH, None, "card", "permit.key", "authentication", PIN]
    must(*[word or "set-pin" for word in act])
    authority.certify("card", "authentication", must(*[word or "make-key" for word in act]), SERIAL)
    must(*[word or "install" for word in act], authority.path("card.der"), "authority.der")


def login(url, *options, pin=PIN, locale="C"):
    """Runs jpki login; the PIN goes through a pipe. done.asked: whether the PIN was taken from it."""
    reading, writing = os.pipe()
    os.write(writing, pin.encode() + b"\n")
    os.close(writing)
    done = subprocess.run([JPKI, "login", url, "--pin-fd", str(reading), *options], capture_output=True, text=True,
                          timeout=60, pass_fds=[reading], env=dict(os.environ, LC_ALL=locale))
    done.asked = os.read(reading, 1) == b""
    os.close(reading)
    return done


def tries():
    listed = must("pkcs15-tool", "--list-pins")
    part = listed[listed.index("PIN [User Authentication"):]
    return int(part[part.index("Tries left"):].split(":")[1].split()[0])


def is_done(done, status, *words):
    return done.returncode == status and all(word in done.stdout + done.stderr for word in words)


def show(done):
    return f"{done.stdout}{done.stderr}(status {done.returncode}, PIN taken: {done.asked})"


def logs_in(site):
    done = login(site.origin + "/login")
    tap.check(is_done(done, 0, "logged in"), "the card logs in", show(done))
    tap.check(f"{site.origin} asks you" in done.stderr and "Tries left for the PIN: 3" in done.stderr,
              "it says who asks, and how many tries are left", show(done))
    done = login(site.origin + "/login", "--json")
    answer = json.loads(done.stdout or "{}")
    tap.check(done.returncode == 0 and (answer.get("outcome"), answer.get("reason")) == ("done", "good"),
              "and tells it as JSON", show(done))
    done = login(site.origin + "/login", locale="ja_JP.UTF-8")
    tap.check(is_done(done, 0, "ログインしました"), "and in Japanese", show(done))
    told = site.told()
    tap.check("valid" in told and PIN not in told and f"{SERIAL:x}" not in told.lower(),
              "the site's log holds neither PIN nor serial", told)


def spares_tries(site):
    for pin in ("135", "13579", "135a", ""):
        done = login(site.origin + "/login", pin=pin)
        tap.check(done.returncode == 1 and tries() == 3, f"a PIN of the wrong form costs no try: '{pin}'", show(done))
    done = login(site.origin + "/login", pin="0000")
    tap.check(is_done(done, 1, "tries left: 2") and tries() == 2, "a wrong PIN costs one and says so", show(done))
    login(site.origin + "/login", pin="0000")
    done = login(site.origin + "/login")
    tap.check(is_done(done, 1, "--last-try") and not done.asked and tries() == 1,
              "with one try left it refuses by itself", show(done))
    done = login(site.origin + "/login", "--last-try")
    tap.check(is_done(done, 0, "logged in") and tries() == 3, "--last-try goes on, and all tries are back", show(done))


class Liar(http.server.BaseHTTPRequestHandler):
    """A site that hands on the challenge of another one."""
    victim = None
    answers = []

    def do_GET(self):
        nonce, where = Liar.answers[0](Liar.victim)
        body = json.dumps({"nonce": nonce, "return": where}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def refuses_liars(site):
    """What the liar gets by handing on a challenge is a refusal before the PIN, or a signature over
    the liar's own origin, which the site refuses (site.py)."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Liar.victim = site
    url = f"http://127.0.0.1:{server.server_port}/login"
    lies = {
        "another origin": lambda victim: (base64.b64encode(victim.begin()).decode(), victim.origin + "/return"),
        "another host on this port": lambda victim: ("A" * 43 + "=", url.replace("127.0.0.1", "localhost")),
        "no origin at all": lambda victim: ("A" * 43 + "=", "javascript:alert(1)"),
    }
    for name, lie in lies.items():
        Liar.answers = [lie]
        done = login(url)
        tap.check(is_done(done, 1, "return address") and not done.asked and "asks you" not in done.stderr,
                  f"refused before the PIN: a return address with {name}", show(done))
    server.shutdown()
    server.server_close()
    done = login(url)
    tap.check(done.returncode == 2 and not done.asked, "nobody answers: could not be done", show(done))
    done = login(site.origin + "/account")
    tap.check(done.returncode == 2 and not done.asked, "a page that is no login page", show(done))
    for bad in ("http://192.0.2.1/login", "ftp://127.0.0.1/", "https://a@b/"):
        done = login(bad)
        tap.check(done.returncode == 64 and not done.asked, f"wrong usage: {bad}", show(done))


def follows_the_status(authority, site):
    os.rename(authority.path("list.crl"), authority.path("away.crl"))
    done = login(site.origin + "/login")
    tap.check(is_done(done, 2, "could not tell"), "without a status the site cannot tell", show(done))
    authority.revoke("card", "certificateHold")
    authority.publish()
    done = login(site.origin + "/login")
    tap.check(is_done(done, 1, "lost-or-held"), "a held certificate is refused at once", show(done))


def needs_a_certificate(readers, site):
    readers.remove(0)
    done = login(site.origin + "/login")
    tap.check(done.returncode == 2 and not done.asked, "no card: could not be done", show(done))
    readers.insert(0, f"{folder}/blank")
    done = login(site.origin + "/login")
    tap.check(is_done(done, 1, "authentication certificate") and not done.asked,
              "a card without the certificate is refused before the PIN", show(done))


def main():
    authority = Authority(f"{folder}/authority")
    authority.publish()
    make_cards(authority)
    site = Site("--authority", authority.path("authority.pem"), "--crl", authority.path("list.crl"))
    try:
        with pcscd.Readers(1) as readers:
            readers.insert(0, f"{folder}/card")
            logs_in(site)
            spares_tries(site)
            refuses_liars(site)
            follows_the_status(authority, site)
            needs_a_certificate(readers, site)
    finally:
        site.close()


try:
    main()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
