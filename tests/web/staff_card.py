#!/usr/bin/python3
"""Staff log in with a card: a card with certificates of this centre, the agent at the port where sites look for it, the
pages in a real browser (staff_card.mjs) as another site than the agent; and what comes back otherwise. --pictures FOLDER
keeps what it saw."""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, folder) for folder in ("..", "../agent")]
import jpkid  # noqa: E402
import pcscd  # noqa: E402
from tap import skip_all  # noqa: E402

gone = pcscd.missing("ip", "node", "chromium")
if gone or not os.path.isdir(f"{jpkid.SOURCE}/pages/node_modules/playwright-core"):
    skip_all(f"{gone or 'what pages/ needs'} is not installed")
pcscd.enter(own_network=True)
from resident import Agent  # noqa: E402
from shell import free_port  # noqa: E402
from tap import Tap  # noqa: E402
from visitor import Visitor  # noqa: E402

tap = Tap()
words = sys.argv[1:]
folder = tempfile.mkdtemp(prefix="jpki-staff-card-")
pictures = words[words.index("--pictures") + 1] if "--pictures" in words else f"{folder}/pictures"
os.makedirs(pictures, exist_ok=True)
DATA = f"{folder}/data"
PORT = free_port()
URL = f"http://localhost:{PORT}"
AGENT_PORT = 15754
CARD = "0003720000000013137220340514"
PIN, SIGNING_PIN = "1357", "STAFF2026"


def jpki(*words, lines=()):
    fd = jpkid.lines_fd(*lines)
    words = [f"{jpkid.BUILD}/jpki"] + [str(word).replace("{fd}", str(fd)) for word in words]
    done = subprocess.run(words, pass_fds=[fd], capture_output=True, text=True, timeout=120, check=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8", "JPKI_ACTS_SOCKET": f"{DATA}/run/acts.sock"})
    os.close(fd)
    return done.stdout


def issue(readers):
    image = f"{folder}/staff.card"
    jpki("card", "make", image, "--permit-key", f"{DATA}/published/permit-key.pem", "--card-id", CARD)
    readers.insert(0, image)
    parked = json.loads(jpki("admin", "card-register", image + ".pub", "--as", "card1", "--json"))["parked"]
    jpki("counter", "approve", parked, "--as", "card2")
    number = json.loads(jpki("counter", "open", "--procedure", "new", "--resident", "1001", "--kind", "both", "--pin", "never-set",
                             "--as", "daiei1", "--json"))["number"]
    jpki("counter", "run", number, "--yes", "--as", "daiei1", "--pin-fd", "{fd}", lines=[PIN, SIGNING_PIN])


def login_code(name="daiei1"):
    return json.loads(jpki("admin", "login-code", "--as", name, "--json"))["login_code"]


def in_browser():
    done = subprocess.run(["node", f"{HERE}/staff_card.mjs", URL, PIN, login_code(), pictures], capture_output=True, text=True,
                          timeout=300, env={**os.environ, "HOME": folder})
    num = 0
    for line in done.stdout.splitlines():
        if line.startswith(("ok ", "not ok ")):
            num += 1
            tap.check(line.startswith("ok "), line.partition(" - ")[2])
        else:
            print(line)
    tap.check(done.returncode == 0 and num > 20, "the browser went all the way", done.stdout[-500:] + done.stderr[-2000:])


def post_token(visitor, path, **fields):
    """As the agent's page does: from another site, without a cookie."""
    cookie, visitor.cookie = visitor.cookie, ""
    visitor.post(path, fields, Origin=f"http://127.0.0.1:{AGENT_PORT}", **{"Sec-Fetch-Site": "cross-site"})
    visitor.cookie = cookie
    return visitor


def by_command():
    """What the browser did, as an administrator sees it."""
    listed = json.loads(jpki("admin", "staff-cards", "daiei1", "--as", "admin1", "--json"))["cards"]
    tap.check([card["is_good"] for card in listed] == [False], "an administrator sees that the card has ended", listed)
    for words, code in ((("staff-cards", "hojo1", "--as", "daiei1"), "others-login"), (("staff-card-end", "daiei1", "--as", "admin1"), "staff-card-none"),
                        (("logout", "daiei1", "--as", "hojo1"), "others-login")):
        try:
            jpki("admin", *words)
            told = ""
        except subprocess.CalledProcessError as error:
            told = error.stderr + error.stdout
        tap.check(code in told, f"refused: admin {' '.join(words)}", told)
    visitor = Visitor(service, url=URL)
    visitor.post("/staff/login", {"code": login_code()})
    tap.check(visitor.get("/staff").status == 200, "logged in by a code", visitor.text)
    jpki("admin", "logout", "daiei1", "--as", "admin1")
    tap.check(visitor.get("/staff").status == 303, "logged out by an administrator", visitor.text)


def otherwise():
    """What comes back from somewhere else, late, twice or broken logs nobody in."""
    somebody = Visitor(service, url=URL)
    nonce, token = base64.b64encode(bytes(32)).decode(), base64.b64encode(b"nothing" * 20).decode()
    for name, form in {"nothing": {}, "no token": {"nonce": nonce}, "no nonce": {"token": token}, "a short nonce": {"nonce": "AAAA", "token": token},
                       "a broken nonce": {"nonce": "*", "token": token}, "a long token": {"nonce": nonce, "token": "A" * 17000}}.items():
        for path in ("/staff/login/card", "/staff/card/new"):
            tap.check(post_token(somebody, path, **form).status == 400, f"{path}: {name}", somebody.text)
    handle = post_token(somebody, "/staff/login/card", nonce=nonce, token=token).headers["Location"]
    tap.check(somebody.status == 303 and handle.startswith("/staff/login/card?handle=") and nonce not in handle, "the way back has a handle alone", handle)
    for name in ("without the browser's cookie", "twice"):
        tap.check(somebody.get(handle).status == 403 and not somebody.cookie and "Begin again" in somebody.text, f"nobody is logged in {name}", somebody.text)
    for handle in ("", "x", "0" * 64, "0" * 65):
        tap.check(somebody.get(f"/staff/login/card?handle={handle}").status == 403, f"a handle that is none: {handle[:3]}", somebody.text)
    tap.check(somebody.post("/staff/card/add", {"handle": "0" * 64}).status == 403, "no card is added by it", somebody.text)
    tap.check(somebody.post("/staff/card/add", {"handle": "0" * 64}, Origin="https://evil.example").status == 403, "nor from elsewhere", somebody.text)
    for path in ("/staff/card",):
        tap.check(somebody.get(path).status == 303 and "/staff/login" in somebody.headers["Location"], f"{path} is for who has logged in", somebody.text)
    login = somebody.get("/staff/login", Accept="text/html")
    tap.check(login.headers["Referrer-Policy"] == "origin" and f"form-action 'self' http://127.0.0.1:{AGENT_PORT};" in login.headers["Content-Security-Policy"],
              "the page lets its form go to the agent, and nowhere else", login.headers)
    home = somebody.get("/")
    tap.check("127.0.0.1" not in home.headers["Content-Security-Policy"] and home.headers["Referrer-Policy"] == "no-referrer", "no other page does", home.headers)


def without_origin():
    """Pages whose address no card would sign: the code is there, the card is not offered."""
    with jpkid.Service(DATA, "--web", f"127.0.0.1:{PORT}", "--web-url", "http://town.example") as plain:
        page = Visitor(plain, url="http://town.example").get("/staff/login", Accept="text/html")
        tap.check(page.status == 200 and 'name="code"' in page.text and 'name="nonce"' not in page.text, "no origin, no card", page.text)
        tap.check(page.headers["Referrer-Policy"] != "origin", "and no way to an agent", page.headers)


try:
    status, errors = jpkid.init(DATA)
    tap.check(status == 0, "init", errors)
    with jpkid.Service(DATA, "--web", f"127.0.0.1:{PORT}", "--web-url", URL) as service, pcscd.Readers(1) as cards:
        tap.check(service.is_ready, "serves", service.said())
        issue(cards)
        agent = Agent(folder, "--language", "en", port=AGENT_PORT)
        try:
            in_browser()
        finally:
            agent.end()
        by_command()
        otherwise()
        said = service.said() + agent.told()
        tap.check(PIN not in said and SIGNING_PIN not in said, "no PIN in a log", said)
    without_origin()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
