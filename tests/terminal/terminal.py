#!/usr/bin/python3
"""A resident at the counter's terminal: paired by its code, called to an application, PINs typed on its screen, the card
written; and everything that must not happen on the way."""
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

for place in ("..", "../web"):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), place))
import jpkid  # noqa: E402
import pcscd  # noqa: E402
from tap import Tap, skip_all  # noqa: E402
from visitor import Visitor  # noqa: E402
from screen import Terminal  # noqa: E402

gone = pcscd.missing()
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-terminal-")
DATA = f"{folder}/data"
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=f"{DATA}/run/acts.sock")
CARDS = {1001: "0003720000000013137220340514", 1002: "0003720000000023137220340514"}
NEW = {"procedure": "new", "applicant": "holder", "kinds": "both", "pin": "never-set"}
SIGN, LOGIN = "STAFF2026", "1357"
PINS = {"for signatures": SIGN, "for login": LOGIN}
PAIR, IDLE, HELLO = "この端末を登録してください", "ようこそ", "内容を確認してください"
CONSENT, CARD, STAFF, DONE = ("Please read and agree", "Put your card on the reader",
                                          "The staff go on", "All is done")
PIN, WRONG, NEW_PIN, AGAIN, MISMATCH, LAST = ("Type your PIN", "The PIN did not match", "Choose a new PIN", "Type the new PIN once more",
                                              "It was not the same twice", "One try is left")


def jpki(*words):
    return subprocess.run([f"{jpkid.BUILD}/jpki", *map(str, words)], capture_output=True, text=True, env=ENVIRONMENT, timeout=120)


def log_in(name):
    clerk = Visitor(service)
    code = json.loads(jpki("admin", "login-code", "--as", name, "--json").stdout)["login_code"]
    clerk.post("/staff/login", {"code": code})
    return clerk


def make_card(resident):
    image = f"{folder}/{resident}.card"
    jpki("card", "make", image, "--permit-key", f"{DATA}/published/permit-key.pem", "--card-id", CARDS[resident])
    if readers.cards[0]:
        readers.remove(0)
    readers.insert(0, image)
    parked = json.loads(jpki("admin", "card-register", image + ".pub", "--as", "card1", "--json").stdout)["parked"]
    jpki("counter", "approve", parked, "--as", "card2")
    readers.remove(0)
    return image


def application(clerk, number):
    return clerk.get(f"/staff/application?number={number}").json()


def open_one(clerk, resident, **fields):
    clerk.post("/staff/open", {"resident": resident} | fields)
    return int(clerk.headers["Location"].partition("number=")[2].partition("&")[0])


def say(clerk, number):
    """What the staff do, up to where the terminal goes on."""
    while (step := (shown := application(clerk, number)).get("next")) and not step["is_card"]:
        if step["is_effect"]:
            clerk.post(step["execute_url"], {"number": number})
        else:
            clerk.post(step["step_url"], {"number": number, "step": step["step"], "note": "seen"} | ({"kind": step["kind"]} if step["kind"] else {}))
    return shown


def sees(clerk, number, screen):
    """Whether the staff's page about the terminal comes to say that, in a few seconds."""
    end = time.monotonic() + 5
    while (clerk.get(f"/staff/terminal?number={number}").status != 200 or clerk.json()["screen"] != screen) and time.monotonic() < end:
        time.sleep(0.1)
    return clerk.status == 200 and clerk.json()["screen"] == screen


def call(clerk, terminal, number):
    """Up to where the resident has agreed, in English."""
    say(clerk, number)
    clerk.post("/staff/terminal/call", {"number": number, "name": "2番窓口"})
    terminal.wait(HELLO, CONSENT)
    terminal.ask("POST", "/language", {"language": 1})
    terminal.wait(CONSENT)
    terminal.press("/go")


def ask(act, fields=None, bearer=None, body=None, kind="application/json"):
    """What a program asks at /terminal, from an address of its own: status and answer."""
    headers = {"Content-Type": kind} | ({"Authorization": bearer} if bearer else {})
    data = body if body is not None else json.dumps({"act": act, "fields": fields or {}}).encode()
    connection = http.client.HTTPConnection(service.urls["web"].removeprefix("http://").rstrip("/"), timeout=20, source_address=("127.7.7.9", 0))
    connection.request("POST", "/terminal", data, headers)
    answer = connection.getresponse()
    said = answer.status, json.loads(answer.read() or "{}")
    connection.close()
    return said


def test_pairing(clerk, terminal):
    tap.check(terminal.wait(PAIR) == PAIR, "an unknown terminal shows a code", terminal.page())
    tap.check("見本／SAMPLE" in terminal.page(), "and that all is a sample", terminal.page())
    code = terminal.page().partition('class="code">')[2].partition("<")[0]
    for wrong, name in (("0000000000", "2番窓口"), ("x", "2番窓口"), (code, ""), (code, "窓" * 30)):
        clerk.post("/staff/terminal/pair", {"code": wrong, "name": name})
        tap.check(clerk.status in (400, 409), f"no pairing: {wrong[:4]}, {name[:3]}", clerk.text)
    stranger = Visitor(service)
    tap.check(stranger.post("/staff/terminal/pair", {"code": code, "name": "x"}).headers["Location"].startswith("/staff/login"),
              "nor by who has not logged in", stranger.text)
    telephone = log_in("hotline1")
    tap.check(telephone.post("/staff/terminal/pair", {"code": code, "name": "x"}).json()["code"] == "role", "nor by the telephone", telephone.text)
    clerk.post("/staff/terminal/pair", {"code": code.lower(), "name": "2番窓口"})
    tap.check(clerk.status == 303 and terminal.wait(IDLE) == IDLE, "paired by what its screen shows", clerk.text)
    clerk.post("/staff/terminal/pair", {"code": code, "name": "3番窓口"})
    tap.check(clerk.status == 409 and clerk.json()["code"] == "terminal-code", "a code is good once", clerk.text)
    rows = clerk.get("/staff/terminals").json()["terminals"]
    tap.check([row["name"] for row in rows] == ["2番窓口"] and not rows[0]["is_busy"], "it is in the list", rows)


def test_strangers():
    """A program that speaks the terminal's protocol, and is none, or wants more than one may."""
    other = "Bearer " + "ab" * 32
    for act in ("terminal-look", "nonce", "issue"):
        fields = {"screen": "idle"} if act == "terminal-look" else {}
        tap.check(ask(act, fields, other)[0] == 401, f"an id that is none: {act}")
        tap.check(ask(act, fields)[0] == 400, f"no id: {act}")
    for bad in (b"", b"[]", b'{"act":"terminal-begin"}', b'{"act":"terminal-begin","fields":{},"session":"x"}',
                b'{"act":1,"fields":{}}', b'{"act":"terminal-begin","fields":[]}', b'{"act":"terminal-begin","act":"nonce","fields":{}}'):
        tap.check(ask("", body=bad)[0] == 400, f"not understood: {bad[:30]}")
    tap.check(ask("terminal-begin", kind="text/plain")[0] == 400, "a type that a page's form could send")
    for bearer in ("Bearer x", "Basic " + "ab" * 32, "Bearer " + "AB" * 32, "ab" * 32):
        tap.check(ask("terminal-look", {"screen": "idle"}, bearer)[0] == 400, f"malformed: {bearer[:9]}")
    status, mine = ask("terminal-begin")
    bearer = "Bearer " + mine["answer"]["terminal"]
    tap.check(status == 200 and not ask("terminal-look", {"screen": "code"}, bearer)[1]["answer"]["paired"], "whoever asks gets a code, and is not paired")
    for act, fields in (("nonce", {}), ("certificate", {"number": 1, "kind": "signature"})):
        status, answer = ask(act, fields, bearer)
        tap.check(status == 409 and answer["refused"]["code"] == "not-called", f"not called: {act}", answer)
    for act in ("resident-find", "application-show", "application-open", "step", "execute", "session-begin", "login-challenge", "status"):
        tap.check(ask(act, {}, bearer)[0] == 400, f"not a terminal's: {act}")
    tap.check([ask("terminal-begin")[0] for _ in range(12)][-1] == 429, "who begins again and again is too fast")


def test_issue(clerk, terminal):
    image = make_card(1001)
    number = open_one(clerk, 1001, **NEW)
    shown = say(clerk, number)
    tap.check([row["name"] for row in shown["terminals"]] == ["2番窓口"], "the application's page offers the terminal", shown)
    tap.check(clerk.post("/staff/terminal/call", {"number": number, "name": "9番窓口"}).json()["code"] == "no-terminal", "not one that is none", clerk.text)
    tap.check(clerk.post("/staff/terminal/call", {"number": 77, "name": "2番窓口"}).status == 409, "nor to an application that is none", clerk.text)
    clerk.post("/staff/terminal/call", {"number": number, "name": "2番窓口"})
    tap.check(clerk.status == 303 and clerk.headers["Location"].startswith("/staff/terminal?number="), "called", clerk.text)
    terminal.wait(HELLO)
    terminal.ask("POST", "/language", {"language": 1})
    tap.check(terminal.wait(CONSENT) == CONSENT and "北栄花子" in "".join(terminal.page().split()), "the screen says what will happen, and asks", terminal.page())
    with open(f"{terminal.config}/openjpki/terminal-{terminal.port}") as file:
        bearer = "Bearer " + file.read().split(" ")[0]
    for act, fields in (("nonce", {"number": number + 1}), ("certificate", {"number": number + 1, "kind": "signature"})):
        status, answer = ask(act, fields, bearer)
        tap.check(status == 409 and answer["refused"]["code"] == "other-application", f"about another application it asks nothing: {act}", answer)
    other = log_in("daiei2")
    tap.check(other.post("/staff/terminal/call", {"number": number, "name": "2番窓口"}).json()["code"] == "terminal-busy",
              "nobody else calls it away", other.text)
    old = terminal.turn()
    terminal.press("/go")
    tap.check(terminal.wait(CARD) == CARD, "without a card it asks for one", terminal.page())
    tap.check(sees(clerk, number, "card"), "the staff see that", clerk.text)
    readers.insert(0, image)
    tap.check(terminal.wait(NEW_PIN) == NEW_PIN, "with the card it goes on by itself, to the first PIN", terminal.page())
    kinds = []
    for pin in (SIGN, LOGIN):
        kinds.append(terminal.asked())
        pin = LOGIN if kinds[-1] == "for login" else SIGN
        if kinds[-1] == "for signatures":
            terminal.type("SHORT")
            tap.check(terminal.wait_for('role="alert"') and terminal.title() == NEW_PIN, "a PIN of another form is not taken", terminal.page())
            terminal.type(pin)
            terminal.wait(AGAIN)
            terminal.type("OTHER2026")
            tap.check(terminal.wait(MISMATCH) == MISMATCH, "nor one that is another the second time", terminal.page())
        else:
            terminal.ask("POST", "/pin", {"turn": old, "pin": "9999"})
            tap.check(terminal.title() == NEW_PIN, "a page of before does nothing", terminal.page())
        terminal.type(pin)
        terminal.wait(AGAIN)
        tap.check("●" not in terminal.page() and pin not in terminal.page(), "what was typed is not shown again", terminal.page())
        terminal.type(pin)
        terminal.wait(NEW_PIN, DONE, STAFF)
    tap.check(sorted(kinds) == ["for login", "for signatures"], "both PINs are asked for, each once", kinds)
    tap.check(terminal.wait(DONE, STAFF, seconds=60) in (DONE, STAFF), "the certificates are made and put into the card", terminal.page())
    say(clerk, number)
    shown = application(clerk, number)
    tap.check(shown["state"] == "finished" and sorted((row["kind"], row["installed"]) for row in shown["certificates"]) ==
              [("authentication", True), ("signature", True)], "the application is finished", shown)
    tap.check(terminal.wait(DONE) == DONE, "and the resident is told to take the card", terminal.page())
    tap.check(clerk.get(f"/staff/terminal?number={number}").status == 303, "the staff's page leads back to the application", clerk.text)
    return image


def finish(clerk, terminal, number):
    """Each PIN that is asked for is typed, in the right one's place. What the application became."""
    for _ in range(12):
        if (title := terminal.wait(PIN, NEW_PIN, AGAIN, STAFF, DONE, seconds=60)) not in (PIN, NEW_PIN, AGAIN):
            break
        turn = terminal.turn()
        terminal.type(PINS[terminal.asked()])
        end = time.monotonic() + 30
        while terminal.title() == title and f'value="{turn}"' in terminal.page() and time.monotonic() < end:
            time.sleep(0.05)
    say(clerk, number)
    return application(clerk, number)


def end_certificates(clerk, resident):
    number = open_one(clerk, resident, procedure="revoke", applicant="holder", kinds="both")
    shown = say(clerk, number)
    if shown["state"] != "finished":
        call(clerk, terminal, number)
        shown = finish(clerk, terminal, number)
    return shown


def test_known_pins(clerk, terminal):
    """The PINs that are in the card: a wrong one, the last try, a reset in the same visit."""
    tap.check(end_certificates(clerk, 1001)["state"] == "finished", "certificates are ended", clerk.text)
    number = open_one(clerk, 1001, **NEW | {"pin": "known"})
    call(clerk, terminal, number)
    tap.check(terminal.wait(PIN) == PIN and "Tries left: <strong" in terminal.page(), "a known PIN is asked for, with the tries left", terminal.page())
    tries = {"for login": 3, "for signatures": 5}[terminal.asked()]
    wrong = "WRONG2026" if tries == 5 else "9999"
    for left in range(tries - 1, 1, -1):
        terminal.type(wrong)
        tap.check(terminal.wait_for(f'class="tries">{left}<') and terminal.title() == WRONG, f"a wrong one: {left} left", terminal.page())
        tap.check(sees(clerk, number, "wrong-pin") and clerk.json()["tries"] == left, "the staff see that, too", clerk.text)
    terminal.type(wrong)
    tap.check(terminal.wait(LAST) == LAST and 'name="pin"' not in terminal.page(), "the last try is not offered", terminal.page())
    tap.check(sees(clerk, number, "last-try") and clerk.json()["may_reset"], "the staff are told to reset it", clerk.text)
    shown = clerk.json()
    clerk.post(shown["reset_url"], {"number": number, "kind": shown["kind"], "note": "driving licence"})
    tap.check(clerk.status == 303 and terminal.wait(NEW_PIN) == NEW_PIN, "and then a new one is asked for, without another visit", clerk.text)
    tap.check(finish(clerk, terminal, number)["state"] == "finished", "the application is finished", terminal.page())


def test_leaving(clerk, terminal):
    """A clerk who goes away, or takes the terminal back: nothing is done at it any more."""
    number = open_one(clerk, 1001, procedure="loss-report", applicant="holder")
    clerk.post("/staff/close", {"number": number, "note": "a test"})
    tap.check(end_certificates(clerk, 1001)["state"] == "finished", "certificates are ended", clerk.text)
    number = open_one(clerk, 1001, **NEW | {"pin": "known"})
    call(clerk, terminal, number)
    terminal.wait(PIN)
    terminal.press("/pin", pin="", key="1")
    tap.check(terminal.wait_for("●"), "something was typed", terminal.page())
    clerk.post("/staff/terminal/leave", {"name": "2番窓口"})
    tap.check(terminal.wait(IDLE) == IDLE, "taken back", terminal.page())
    call(clerk, terminal, number)
    tap.check(terminal.wait(PIN) == PIN and "●" not in terminal.page(), "called again: what was typed is forgotten", terminal.page())
    clerk.post("/staff/logout")
    tap.check(terminal.wait(IDLE) == IDLE, "with the clerk's session ends the call", terminal.page())
    again = log_in("daiei1")
    again.get("/staff")
    time.sleep(2)
    tap.check(terminal.title() == IDLE, "which does not come back with another session", terminal.page())
    return number


def test_another_card(terminal, number, image):
    """The card of somebody else on the reader: the PIN does not go to it."""
    clerk = log_in("daiei1")
    other = make_card(1002)
    readers.insert(0, image)
    call(clerk, terminal, number)
    terminal.wait(PIN)
    readers.remove(0)
    readers.insert(0, other)
    before = jpki("card", "show", "--json").stdout
    terminal.type(PINS[terminal.asked()])
    tap.check(terminal.wait("This cannot go on yet", CARD) == "This cannot go on yet", "another card is refused", terminal.page())
    tap.check(jpki("card", "show", "--json").stdout == before, "and no try of it is spent", before)
    clerk.post("/staff/terminal/leave", {"name": "2番窓口"})
    readers.remove(0)
    readers.insert(0, image)


def test_faults(terminal, number, image):
    """Card pulled, terminal killed, centre away: the same application goes on."""
    clerk = log_in("daiei1")
    call(clerk, terminal, number)
    terminal.wait(PIN)
    readers.remove(0)
    terminal.type(PINS[terminal.asked()])
    tap.check(terminal.wait(CARD) == CARD, "a card that was pulled is asked for", terminal.page())
    readers.insert(0, image)
    tap.check(terminal.wait(PIN) == PIN, "put back, it goes on", terminal.page())
    terminal.end(signal.SIGKILL)
    terminal.start()
    tap.check(terminal.wait(HELLO) == HELLO, "a terminal that was killed is still paired, and called", terminal.page())
    terminal.end(signal.SIGKILL)
    name = f"{terminal.config}/openjpki/terminal-{terminal.port}"
    tap.check(os.stat(name).st_mode & 0o777 == 0o600, "what it is known by is its user's alone")
    os.remove(name)
    terminal.start()
    tap.check(terminal.wait(PAIR) == PAIR, "without that file it is paired anew", terminal.page())
    rows = clerk.get("/staff/terminals").json()["terminals"]
    tap.check([row["name"] for row in rows] == ["2番窓口"], "the old one is in the list", rows)
    clerk.post("/staff/terminal/part", {"name": "2番窓口"})
    code = terminal.page().partition('class="code">')[2].partition("<")[0]
    clerk.post("/staff/terminal/pair", {"code": code, "name": "2番窓口"})
    call(clerk, terminal, number)
    commit = service.role("commit")
    terminal.wait(PIN)
    os.kill(commit, signal.SIGSTOP)
    try:
        terminal.type(PINS[terminal.asked()])
        tap.check(terminal.wait("One moment", seconds=40) == "One moment", "the centre is away: the screen says that it waits", terminal.page())
    finally:
        os.kill(commit, signal.SIGCONT)
    shown = finish(clerk, terminal, number)
    tap.check(shown["state"] == "finished" and len(shown["certificates"]) == 2, "all goes on, and nothing was issued twice", shown)


def everything_said(terminal):
    with open(terminal.log.name) as log:
        return log.read() + service.said() + subprocess.run(["grep", "-rlaF", SIGN, DATA], capture_output=True, text=True).stdout


try:
    code, errors = jpkid.init(DATA)
    tap.check(code == 0, "init", errors)
    with jpkid.Service(DATA, "--web", "127.0.0.1:0") as service, pcscd.Readers(1) as readers:
        tap.check(service.is_ready, "serves", service.said())
        terminal = Terminal(folder, service.urls["web"])
        somebody = log_in("daiei1")
        test_pairing(somebody, terminal)
        test_strangers()
        image = test_issue(somebody, terminal)
        test_known_pins(somebody, terminal)
        left = test_leaving(somebody, terminal)
        test_another_card(terminal, left, image)
        test_faults(terminal, left, image)
        tap.check(SIGN not in everything_said(terminal), "no PIN in a log or in the data", everything_said(terminal))
        tap.check(terminal.end() == 0, "ended by a signal")
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
