#!/usr/bin/python3
"""The counter as pages: logging in, finding a resident, the intake, an application's steps, with a real terminal and card
for those that need one; and everything that must not happen on the way."""
import datetime
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
import pcscd  # noqa: E402
from tap import Tap, skip_all  # noqa: E402
from visitor import Visitor  # noqa: E402

gone = pcscd.missing()
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-staff-")
DATA = f"{folder}/data"
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=f"{DATA}/run/acts.sock")
CARD = "0003720000000013137220340514"
PINS = ["1357", "STAFF2026"]
ZONE, INQUIRY_DAYS = datetime.timezone(datetime.timedelta(hours=9)), 30  # etc/policy
EVIL = "\"'><script>alert(1)</script>&{{page}}"


def jpki(*words, lines=()):
    """Status, standard output, standard error; {fd} is a descriptor with the lines."""
    fd = jpkid.lines_fd(*lines)
    words = [f"{jpkid.BUILD}/jpki"] + [str(word).replace("{fd}", str(fd)) for word in words]
    done = subprocess.run(words, pass_fds=[fd], capture_output=True, text=True, env=ENVIRONMENT, timeout=120)
    os.close(fd)
    return done


class Browser(Visitor):
    def __init__(self, address=None):
        super().__init__(service, address)

    def log_in(self, name):
        code = json.loads(jpki("admin", "login-code", "--as", name, "--json").stdout)["login_code"]
        self.post("/staff/login", {"code": code})
        return code


def database(sql, *values):
    path = next(f"{DATA}/database/{name}" for name in os.listdir(f"{DATA}/database") if name.endswith(".db"))
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as connection:
        return connection.execute(sql, values).fetchall()


PAGES = ["/staff", "/staff/residents", "/staff/residents?q=1001", "/staff/resident?resident=1001", "/staff/intake?resident=1001",
         "/staff/application?number=1"]
FORMS = ["/staff/open", "/staff/step", "/staff/execute", "/staff/reset-join", "/staff/close"]


def test_login():
    stranger = Browser()
    for path in PAGES:
        tap.check(stranger.get(path).status == 303 and stranger.headers["Location"].startswith("/staff/login?"),
                  f"{path} is for who has logged in", stranger.text)
    for path in FORMS:
        tap.check(stranger.post(path, {"number": 1}).status == 303 and stranger.headers["Location"].startswith("/staff/login?"),
                  f"{path} too", stranger.text)
    for cookie in ("staff=" + "0" * 64, "staff=" + "ab" * 32, "staff=daiei1", "staff=", "other=1"):
        stranger.cookie = cookie
        tap.check(stranger.get("/staff").status == 303, f"a cookie that is none: {cookie[:14]}", stranger.text)
    stranger.cookie = ""
    for code in ("A" * 20, "a", EVIL):
        tap.check(stranger.post("/staff/login", {"code": code}).status == 403 and not stranger.cookie
                  and "<script" not in stranger.text, f"a code that is none: {code[:5]}", stranger.text)
    tap.check(stranger.post("/staff/login", {}).status == 400, "no code", stranger.text)
    clerk = Browser()
    code = clerk.log_in("daiei1")
    tap.check(clerk.status == 303 and clerk.headers["Location"].startswith("/staff?") and
              re.fullmatch(r"staff=[0-9a-f]{64}", clerk.cookie), "a code logs in", clerk.text)
    tap.check({"HttpOnly", "SameSite=Strict", "Path=/"} <= set(clerk.flags.split("; ")), "the cookie is not a script's", clerk.flags)
    tap.check(clerk.headers["Cache-Control"] == "no-store", "and is kept nowhere", clerk.headers)
    home = clerk.get("/staff")
    tap.check(home.status == 200 and home.json()["staff"]["name"] == "daiei1" and home.headers["Cache-Control"] == "no-store",
              "whose session it is", home.text)
    tap.check(stranger.post("/staff/login", {"code": code}).status == 403, "a code is good once", stranger.text)
    tap.check(code not in service.said() and clerk.cookie[6:] not in service.said(), "neither is in the log")
    return clerk


def test_foreign_forms(clerk):
    """A form of another site, or of a program that says nothing, is refused before commit hears of it."""
    before = database("SELECT COUNT(*) FROM application")
    form = {"resident": 1001, "procedure": "hold", "applicant": "holder"}
    for name, headers in {"another site": {"Sec-Fetch-Site": "cross-site"}, "a site beside": {"Sec-Fetch-Site": "same-site"},
                          "none": {"Sec-Fetch-Site": "none"}, "another origin": {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
                          "an origin hidden": {"Sec-Fetch-Site": None, "Origin": "null"},
                          "a longer origin": {"Sec-Fetch-Site": None, "Origin": f"http://{clerk.host}0"},
                          "nothing said": {"Sec-Fetch-Site": None, "Origin": None}}.items():
        tap.check(clerk.post("/staff/open", form, **headers).status == 403, f"a form from elsewhere: {name}", clerk.text)
        tap.check(clerk.post("/staff/logout", {}, **headers).status == 403, f"nor does it log out: {name}", clerk.text)
    tap.check(clerk.post("/staff/open", form, **{"Content-Type": "text/plain"}).status == 415, "a form of another type", clerk.text)
    tap.check(clerk.get("/staff/open").status == 404, "nothing is opened by an address", clerk.text)
    tap.check(database("SELECT COUNT(*) FROM application") == before, "nothing was opened")


def test_residents(clerk):
    for text, number in (("1001", 1001), ("池田", 1001)):
        found = clerk.get("/staff/residents?" + urllib.parse.urlencode({"q": text}))
        numbers = [row["resident"] for row in found.json().get("residents", [])]
        tap.check(found.status == 200 and (number in numbers or text == "池田"), f"found by {text}", found.text)
    kana = database("SELECT kana, number FROM resident LIMIT 1")[0]
    found = clerk.get("/staff/residents?" + urllib.parse.urlencode({"q": kana[0]}))
    tap.check(kana[1] in [row["resident"] for row in found.json()["residents"]], "found by the reading", found.text)
    for text in ("誰でもない", EVIL, "%", "_", "\\", "999999999999999999999999"):
        page = clerk.get("/staff/residents?" + urllib.parse.urlencode({"q": text}), Accept="text/html")
        tap.check(page.status == 200 and "<table>" not in page.text and "<script" not in page.text, f"nobody is found by {text[:8]}", page.text)
    for path, status in (("/staff/resident?resident=77", 409), ("/staff/resident", 400), ("/staff/resident?resident=x", 400),
                         ("/staff/resident?resident=-1", 400), ("/staff/application?number=77", 409),
                         ("/staff/application?number=" + "9" * 30, 400), ("/staff/intake?resident=1001&who=nobody", 400)):
        tap.check(clerk.get(path).status == status, f"{path[:40]}: {status}", clerk.text)


def choose(clerk, resident, words):
    """Walks the intake as somebody would, link by link; the page at its end."""
    page = clerk.get(f"/staff/intake?resident={resident}&lang=en").json()
    while "question" in page:
        choices = {choice["word"]: choice["url"] for choice in page["question"]["choices"]}
        page = clerk.get(choices[words[page["question"]["name"]]]).json()
    return page


def open_application(clerk, resident, words):
    opening = choose(clerk, resident, words)["opening"]
    clerk.post(opening["open_url"], {field["name"]: field["value"] for field in opening["fields"]})
    return clerk


def go(clerk):
    """The application that the browser was sent to."""
    return clerk.get(clerk.headers["Location"]).json()


def do_next(clerk, application):
    """What the page offers as the next thing to do, done."""
    step = application["next"]
    number = {"number": application["number"]}
    if step["is_effect"]:
        clerk.post(step["execute_url"], number)
    else:
        clerk.post(step["step_url"], number | {"step": step["step"], "note": "seen"} | ({"kind": step["kind"]} if step["kind"] else {}))
    return go(clerk) if clerk.status == 303 else None


def words_of(clerk, url):
    """What stands on a paper, without blanks; "" when it is none."""
    connection = http.client.HTTPConnection(clerk.host, timeout=40)
    connection.request("GET", url, headers={"Cookie": clerk.cookie})
    answer = connection.getresponse()
    pdf = answer.read()
    connection.close()
    if answer.status != 200 or answer.headers["Content-Type"] != "application/pdf" or answer.headers["Cache-Control"] != "no-store":
        return ""
    return "".join(subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode().split())


def letter(application, name):
    """Where it is; "" when there is none."""
    return next((row["url"] for row in application["letters"] if row["letter"] == name), "")


def test_forms(clerk, application):
    form = next(paper for paper in application["papers"] if "form_url" in paper)
    number = application["number"]
    words = words_of(clerk, form["form_url"])
    tap.check("北栄花子" in words and "ほくえいはなこ" in words and "見本一丁目" in words and str(number) in words,
              "the form has what is known", words)
    tap.check(not application["letters"], "there is no letter of it yet", application["letters"])
    before = database("SELECT COUNT(*) FROM journal WHERE kind = 'application-paper:done'")[0][0]
    words_of(clerk, form["form_url"])
    tap.check(database("SELECT COUNT(*) FROM journal WHERE kind = 'application-paper:done'")[0][0] == before + 1, "each print is in the journal")
    for paper, status in (("receipt", 409), ("inquiry", 409), ("revoke", 409), (EVIL, 409), ("x" * 300, 400), ("", 400)):
        refused = clerk.get("/staff/paper?" + urllib.parse.urlencode({"number": number, "paper": paper}))
        tap.check(refused.status == status and "<script" not in refused.text, f"no such paper: {paper[:8]}", refused.text)
    tap.check(clerk.get("/staff/paper?number=77&paper=issue").status == 409, "of no application", clerk.text)
    tap.check(Browser().get(form["form_url"]).status == 303, "nor for who has not logged in")


LOSS = {"who": "holder", "represented": "no", "what": "loss-report"}
NEW = {"who": "holder", "represented": "no", "what": "new", "kind": "both", "pin": "never-set", "card": "yes"}


def test_issue(clerk, readers):
    """From the first page to the card written."""
    image = f"{folder}/holder.card"
    made = jpki("card", "make", image, "--permit-key", f"{DATA}/published/permit-key.pem", "--card-id", CARD)
    readers.insert(0, image)
    parked = json.loads(jpki("admin", "card-register", image + ".pub", "--as", "card1", "--json").stdout)["parked"]
    jpki("counter", "approve", parked, "--as", "card2")
    page = choose(clerk, 1001, NEW)
    tap.check(page["result"]["is_allowed"] and page["resident"]["resident"] == 1001 and page["result"]["visits"], "the intake ends with its papers", page)
    application = go(open_application(clerk, 1001, NEW))
    tap.check(application["is_open"] and application["next"]["is_said"], "an application was opened", application)
    test_forms(clerk, application)
    while application and application.get("next") and not application["next"]["is_card"]:
        application = do_next(clerk, application)
    tap.check(application and application["next"]["is_card"], "up to where the card is needed", application)
    done = jpki("counter", "run", application["number"], "--yes", "--as", "daiei1", "--pin-fd", "{fd}", lines=PINS)
    shown = clerk.get(f"/staff/application?number={application['number']}").json()
    tap.check(shown["state"] == "finished" and sorted((row["kind"], row["state"], row["installed"]) for row in shown["certificates"]) ==
              [("authentication", "good", True), ("signature", "good", True)], "the terminal goes on with it, and the page shows it", f"{done} {shown} {made}")
    words = words_of(clerk, letter(shown, "receipt"))
    tap.check("北栄花子" in words and "使える最後の日" in words and str(application["number"]) in words, "the receipt says what works from when", words)
    html = clerk.get(f"/staff/application?number={application['number']}", Accept="text/html").text
    tap.check("finished" in html and "<form method=\"post\" action=\"/staff/step" not in html, "nothing is offered any more", html)
    refused = clerk.post("/staff/step", {"number": application["number"], "step": "papers"})
    tap.check(refused.status == 409, "nor done when it is asked for", refused.text)
    again = open_application(clerk, 1001, NEW)
    tap.check(again.status == 409 and "S11" in again.text, "a second one of that kind is refused in the statement's words", again.text)


def test_loss(clerk):
    application = go(open_application(clerk, 1001, LOSS))
    number = application["number"]
    first = application["next"]
    form = {"number": number, "step": first["step"], "note": "seen"}
    clerk.post("/staff/step", form)
    tap.check(clerk.status == 303, "a step is done", clerk.text)
    tap.check(clerk.post("/staff/step", form).status == 409, "the same form once more repeats nothing", clerk.text)
    for wrong in ({"step": "release"}, {"step": "nothing"}, {"step": EVIL}, {}, {"step": first["step"], "number": "x"},
                  {"step": "receipt", "note": "a" * 300}):
        refused = clerk.post("/staff/step", {"number": number} | wrong)
        tap.check(refused.status in (400, 409) and "<script" not in refused.text, f"a step that is none: {str(wrong)[:24]}", refused.text)
    tap.check(clerk.post("/staff/close", {"number": number}).status == 400, "it is given up only for a reason", clerk.text)
    application = clerk.get(f"/staff/application?number={number}").json()
    while application and application.get("next"):
        application = do_next(clerk, application)
    tap.check(application and application["state"] == "finished", "the loss is reported", application)
    words = words_of(clerk, letter(application, "hold-letter"))
    tap.check("北栄花子" in words and "署名用と利用者証明用" in words and "ありません" in words and "一時停止" in words, "a letter says what is held", words)
    states = {row[0] for row in database("SELECT state FROM certificate WHERE resident = 1001 AND installed IS NOT NULL")}
    tap.check(states == {3}, "and the certificates are held", states)


BY_PROXY = {"who": "proxy", "represented": "no", "what": "new", "kind": "both", "pin": "never-set", "card": "yes", "document-a": "yes"}


def test_protected(clerk):
    """An address that is told to nobody stands on the letter to its holder alone; the letter has number and deadline."""
    application = go(open_application(clerk, 1056, BY_PROXY))
    address, number = "見本三丁目9番地", application["number"]
    form = next(paper for paper in application["papers"] if "form_url" in paper)
    words = words_of(clerk, form["form_url"]).translate(str.maketrans("９", "9"))
    tap.check("匿名恵子" in words and address not in words, "the form is without the address", words)
    words = words_of(clerk, letter(application, "inquiry")).translate(str.maketrans("９", "9"))
    deadline = (datetime.datetime.now(ZONE) + datetime.timedelta(days=INQUIRY_DAYS)).date()
    tap.check("匿名恵子" in words and address in words and f"{deadline.month}月{deadline.day}日" in words and f"受付番号{number}" in words,
              "the letter goes there, with number and deadline", words)
    page = clerk.get(f"/staff/application?number={number}", Accept="text/html").text
    tap.check("三丁目" not in page and "/staff/paper?" in page, "no page shows it", page)
    clerk.post("/staff/close", {"number": number, "note": "seen"})
    tap.check(not clerk.get(f"/staff/application?number={number}").json()["letters"], "given up: no letter any more", clerk.text)


def test_texts(clerk):
    """What somebody typed comes back as text, on every page that shows it."""
    opening = choose(clerk, 1002, LOSS)["opening"]
    clerk.post(opening["open_url"], {field["name"]: field["value"] for field in opening["fields"]} | {"note": EVIL})
    number = go(clerk)["number"]
    for path in (f"/staff/application?number={number}", "/staff", "/staff/resident?resident=1002"):
        page = clerk.get(path, Accept="text/html")
        tap.check(page.status == 200 and "<script" not in page.text and "{{" not in page.text, f"{path}: text stays text", page.text)
    clerk.post("/staff/close", {"number": number, "note": EVIL})
    tap.check(clerk.status == 303 and go(clerk)["state"] == "closed", "given up", clerk.text)


def test_roles(clerk):
    telephone = Browser()
    telephone.log_in("hotline1")
    refused = telephone.post("/staff/open", {"resident": 1002, "procedure": "new", "applicant": "holder", "kinds": "both", "pin": "never-set"})
    tap.check(refused.status == 409 and refused.json()["code"] == "hotline", "the telephone opens no issue", refused.text)
    home = telephone.get("/staff", Accept="text/html").text
    tap.check("/staff/hotline" in home and "/staff/residents" not in home, "and is shown no way to look somebody up", home)
    for path in ("/staff/residents?q=1001", "/staff/resident?resident=1001", "/staff/intake?resident=1001"):
        tap.check(telephone.get(path).status == 409 and telephone.json()["code"] == "role", f"nor looks anybody up: {path}", telephone.text)
    registrar = Browser()
    registrar.log_in("register1")
    tap.check(registrar.status == 403 and not registrar.cookie and "not done through the pages" in registrar.text,
              "the register's clerk has nothing to do here", registrar.text)
    code = json.loads(jpki("admin", "login-code", "--as", "register1", "--json").stdout)["login_code"]
    japanese = registrar.post("/staff/login?lang=ja", {"code": code}, Accept="text/html").text
    tap.check("ページからは行えません" in japanese, "and is told so in the page's language", japanese)
    clerk.post("/staff/logout")
    tap.check(clerk.status == 303 and "Max-Age=0" in clerk.flags, "logged out", clerk.flags)
    kept = telephone.cookie
    telephone.post("/staff/logout")
    telephone.cookie = kept
    tap.check(telephone.get("/staff").status == 303, "the cookie of before is worth nothing", telephone.text)


FLOOD, DEEP = 16, 20  # connections, and requests that each of them sends at once
SOON = 0.5  # seconds, for a page that asks nobody


def flood(clerk):
    """Open connections, each with its pages of a clerk under way. One after the other, so that each finds a thread that is
    free."""
    address, port = clerk.host.split(":")
    head = f"GET /staff HTTP/1.1\r\nHost: {clerk.host}\r\nAccept: application/json\r\nCookie: {clerk.cookie}\r\n"
    requests = f"{head}\r\n" * (DEEP - 1) + f"{head}Connection: close\r\n\r\n"
    opened = []
    for _ in range(FLOOD):
        opened.append(socket.create_connection((address, int(port)), timeout=10))
        opened[-1].sendall(requests.encode())
        time.sleep(0.02)
    return opened


def statuses(opened):
    """How often each status came, once everything is answered."""
    found = {}
    for connection in opened:
        with connection, connection.makefile("rb") as answers:
            for status in map(int, re.findall(rb"HTTP/1.1 (\d+)", answers.read())):
                found[status] = found.get(status, 0) + 1
    return found


def seconds_for_the_guide():
    """The longest of a few times, cut at ten times of what it may take."""
    longest = 0
    for _ in range(5):
        start = time.monotonic()
        connection = http.client.HTTPConnection(Browser().host, timeout=10 * SOON)
        try:
            connection.request("GET", "/guide", headers={"Accept": "application/json"})
            connection.getresponse().read()
        except OSError:
            return 10 * SOON
        finally:
            connection.close()
            longest = max(longest, time.monotonic() - start)
    return longest


def test_flood():
    """Who sends much at once, and a centre that stands still, hold up nobody who reads the guide."""
    clerk = Browser()
    clerk.log_in("daiei1")
    opened = flood(clerk)
    longest = seconds_for_the_guide()
    found = statuses(opened)
    tap.check(longest < SOON, f"{FLOOD * DEEP} pages at once: the guide goes on", longest)
    tap.check(set(found) <= {200, 503} and sum(found.values()) == FLOOD * DEEP, "all of them are answered", found)
    commit, web = service.role("commit"), service.role("web")
    os.kill(commit, signal.SIGSTOP)
    try:
        opened = flood(clerk)
        longest = seconds_for_the_guide()
        start = time.monotonic()
        clerk.get("/staff")
        waited = time.monotonic() - start
    finally:
        os.kill(commit, signal.SIGCONT)
    tap.check(longest < SOON, "so it does while the centre stands still", longest)
    tap.check(clerk.status == 503 and waited < SOON and int(clerk.headers["Retry-After"]) > 0 and "Nothing was changed" in clerk.text,
              "the counter is told at once that others wait already", f"{waited} {clerk.text}")
    found = statuses(opened)
    tap.check(set(found) == {200, 503} and sum(found.values()) == FLOOD * DEEP, "whoever had a place is answered", found)
    tap.check(clerk.get("/staff").status == 200 and service.role("web") == web, "and the counter goes on", clerk.text)


MANY = 400  # browsers of a large town, each with its connection


def test_many():
    """Nobody's connection is closed while others come: each is asked by again."""
    opened = [http.client.HTTPConnection(Browser().host, timeout=20) for _ in range(MANY)]
    answered = 0
    try:
        for _ in range(2):
            for connection in opened:
                connection.auto_open = connection.sock is None
                connection.request("GET", "/health")
                answered += connection.getresponse().read() != b""
    except (OSError, http.client.HTTPException):
        pass
    for connection in opened:
        connection.close()
    tap.check(answered == 2 * MANY, f"{MANY} browsers keep their connections", answered)


def test_guessing():
    """Who guesses codes waits; who comes from elsewhere does not."""
    stranger, clerk = Browser("127.7.7.7"), Browser("127.7.7.8")
    answers = [stranger.post("/staff/login", {"code": "B" * 20}).status for _ in range(12)]
    tap.check(answers == [403] * 10 + [429] * 2 and int(stranger.headers["Retry-After"]) > 0, "ten wrong codes, then slowly", answers)
    code = json.loads(jpki("admin", "login-code", "--as", "daiei1", "--json").stdout)["login_code"]
    tap.check(stranger.post("/staff/login", {"code": code}).status == 429 and not stranger.cookie, "a right one then, too", stranger.text)
    tap.check(clerk.post("/staff/login", {"code": code}).status == 303, "it is good from elsewhere", clerk.text)


def test_slow_centre():
    """commit stands still: the guide goes on, the counter's pages say so; afterwards all is as before."""
    clerk = Browser()
    clerk.log_in("daiei1")
    commit, web = service.role("commit"), service.role("web")
    os.kill(commit, signal.SIGSTOP)
    try:
        start = time.monotonic()
        tap.check(clerk.get("/staff").status == 503 and "found again by its number" in clerk.text, "the counter says that the centre is away", clerk.text)
        tap.check(time.monotonic() - start < 20, "after a while", time.monotonic() - start)
        tap.check(clerk.get("/guide").status == 200, "the guide goes on", clerk.text)
    finally:
        os.kill(commit, signal.SIGCONT)
    end = time.monotonic() + 20
    status = 0
    while status != 200 and time.monotonic() < end:
        time.sleep(0.2)
        try:
            status = clerk.get("/staff").status
        except OSError:
            status = 0
    tap.check(status == 200, "the same session goes on", clerk.text)
    tap.check(service.roles().get("web") != web, "over a new line")


try:
    code, errors = jpkid.init(DATA)
    tap.check(code == 0, "init", errors)
    with jpkid.Service(DATA, "--web", "127.0.0.1:0") as service, pcscd.Readers(1) as cards:
        tap.check(service.is_ready, "serves", service.said())
        somebody = test_login()
        test_foreign_forms(somebody)
        test_residents(somebody)
        test_issue(somebody, cards)
        test_loss(somebody)
        test_protected(somebody)
        test_texts(somebody)
        test_roles(somebody)
        test_flood()
        test_many()
        test_guessing()
        test_slow_centre()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
