"""A fault at every step of the counter's procedures: a life of applications is walked as a clerk and a resident walk it, on the
pages and at the terminal with a real pcscd and an emulated card; each step of each application meets the fault once, at a
moment that the seed chooses. Whatever happens, the same application goes on to its end; what was shown as done stays done;
of no kind is more than one certificate good."""
import http.client
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, place) for place in ("..", "../web", "../terminal")]
import jpkid
import pcscd
from screen import Terminal
from shell import free_port
from visitor import Visitor

PINS = {"for signatures": "STAFF2026", "for login": "1357"}
NAME = "window 1"
BUG = "a step is shown as done before the centre has it"
PATIENCE = 60  # seconds for one step, with its fault
AWAY = (OSError, http.client.HTTPException, ValueError, KeyError, TypeError)

HOLDER = [
    ("new", "holder", {"kinds": "both", "pin": "never-set"}),
    ("pin-reset", "holder", {"kinds": "both"}),
    ("loss-report", "holder", {}),
    ("release", "holder", {"stopped": "yes"}),
    ("hold", "holder", {}),
    ("release", "holder", {}),
    ("revoke", "holder", {"kinds": "both"}),
    ("new", "proxy", {"kinds": "both", "pin": "known"}),
    ("card-abolish", "holder", {}),
]
CHILD = [
    ("new", "legal-representative", {"kinds": "authentication", "pin": "never-set"}),
    ("pin-reset", "legal-representative", {"kinds": "authentication"}),
    ("revoke", "legal-representative", {"kinds": "authentication"}),
]
HOLDERS, CHILDREN = (1001, 1002, 1005, 1009, 1011, 1013, 1017), (1010, 1058, 1059, 1004, 1012, 1038, 1007)


class Desk:
    """The town hall: a service at a port that stays, a terminal, a clerk's browser, a card reader."""

    def __init__(self, folder, readers):
        self.folder, self.readers, self.data, self.image = folder, readers, f"{folder}/data", None
        self.port, self.ahead = free_port(), 0  # seconds that the clock is ahead
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=f"{self.data}/run/acts.sock")
        code, errors = jpkid.init(self.data)
        if code:
            raise RuntimeError(errors)
        self.serve()
        self.terminal = Terminal(folder, f"http://127.0.0.1:{self.port}")
        self.log_in()
        self.pair()

    def later(self, seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))

    def next_day(self):
        self.ahead += 86400
        self.jpki("admin", "clock", self.later(self.ahead), "--as", "admin1")

    def serve(self):
        for _ in range(20):
            clock = ["--clock", self.later(self.ahead)] if self.ahead else []
            self.service = jpkid.Service(self.data, "--web", f"127.0.0.1:{self.port}", *clock)
            if self.service.is_ready:
                return
            self.service.stop()
            time.sleep(0.5)
        raise RuntimeError(f"not ready: {self.service.said()}")

    def end(self):
        self.terminal.end()
        self.service.stop()

    def jpki(self, *words):
        return subprocess.run([f"{jpkid.BUILD}/jpki", *map(str, words)], capture_output=True, text=True, env=self.environment, timeout=60)

    def log_in(self):
        self.clerk = Visitor(self.service)
        code = json.loads(self.jpki("admin", "login-code", "--as", "daiei1", "--json").stdout)["login_code"]
        self.clerk.post("/staff/login", {"code": code})

    def pair(self):
        """The terminal, if it is not."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            page = self.terminal.page()
            code = page.partition('class="code">')[2].partition("<")[0]
            rows = self.clerk.get("/staff/terminals").json()["terminals"]
            if not code and any(row["name"] == NAME for row in rows):
                return
            if code and any(row["name"] == NAME for row in rows):
                self.clerk.post("/staff/terminal/part", {"name": NAME})
            if code:
                self.clerk.post("/staff/terminal/pair", {"code": code, "name": NAME})
            looked = time.monotonic()
            while code and code in self.terminal.page() and time.monotonic() < looked + 4:
                time.sleep(0.1)

    def mend(self):
        """Whatever the fault left: served, logged in, paired, the card on the reader."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if self.service.process.poll() is not None:
                    self.service.stop()
                    self.serve()
                if self.terminal.process.poll() is not None:
                    self.terminal.start()
                if self.image and not self.readers.cards[0]:
                    self.readers.insert(0, self.image)
                if self.clerk.get("/staff").status != 200:
                    self.log_in()
                self.pair()
                return
            except (RuntimeError, *AWAY):
                if time.monotonic() > end:
                    raise
                time.sleep(0.3)

    def database(self, sql):
        path = next(f"{self.data}/database/{name}" for name in os.listdir(f"{self.data}/database") if name.endswith(".db"))
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as connection:
            return connection.execute(sql).fetchall()

    def make_card(self, resident):
        card = self.database(f"SELECT card_id FROM resident WHERE number = {resident}")[0][0]
        self.image = f"{self.folder}/{resident}.card"
        self.jpki("card", "make", self.image, "--permit-key", f"{self.data}/published/permit-key.pem", "--card-id", card)
        if self.readers.cards[0]:
            self.readers.remove(0)
        self.readers.insert(0, self.image)
        parked = json.loads(self.jpki("admin", "card-register", self.image + ".pub", "--as", "card1", "--json").stdout)["parked"]
        self.jpki("counter", "approve", parked, "--as", "card2")

    def show(self, number):
        for _ in range(30):
            try:
                shown = self.clerk.get(f"/staff/application?number={number}")
                if shown.status == 200:
                    return shown.json()
            except AWAY:
                pass
            self.mend()
        raise RuntimeError(f"application {number} is not shown: {shown.text}")

    def open(self, resident, procedure, applicant, fields):
        form = {"resident": resident, "procedure": procedure, "applicant": applicant, "once": os.urandom(16).hex()} | fields
        self.clerk.post("/staff/open", form)
        if self.clerk.status != 303:
            raise RuntimeError(f"{procedure} by {applicant}: {self.clerk.text}")
        return int(self.clerk.headers["Location"].partition("number=")[2].partition("&")[0])


# faults

def kill_terminal(desk):
    desk.terminal.end(signal.SIGKILL)


def pull_card(desk):
    desk.readers.remove(0)


def kill_web(desk):
    os.kill(desk.service.role("web"), signal.SIGKILL)


def kill_commit(desk):
    os.kill(desk.service.role("commit"), signal.SIGKILL)
    desk.service.wait()


def close_browser(desk):
    desk.clerk.cookie = ""


def take_terminal_back(desk):
    other = Visitor(desk.service)
    other.cookie = desk.clerk.cookie
    other.post("/staff/terminal/leave", {"name": NAME})


def nothing(_):
    pass


FAULTS = {"none": nothing, "the terminal is killed": kill_terminal, "the card is pulled": pull_card, "web is killed": kill_web,
          "commit is killed": kill_commit, "the browser is closed": close_browser, "the terminal is taken back": take_terminal_back}


class Walk:
    """One application from its opening to its end. forgets: a seeded bug, a browser that is told of a step before the
    centre has it."""

    def __init__(self, desk, number, fault, chance, forgets=False):
        self.desk, self.number, self.fault, self.chance, self.forgets = desk, number, fault, chance, forgets
        self.cases, self.wrong, self.met = 0, [], set()
        self.shown_done = set()  # positions
        self.said = ""  # what was seen last

    def look(self):
        shown = self.desk.show(self.number)
        done = {step["position"] for step in shown["steps"] if step["done"]}
        if lost := self.shown_done - done:
            self.wrong.append(f"application {self.number}: steps {sorted(lost)} were shown as done, and are not")
        self.shown_done |= done
        return shown

    def walk(self):
        end, last = time.monotonic() + PATIENCE, None
        while (shown := self.look())["state"] == "open":
            position = shown["next"]["position"]
            if position != last:
                end, last = time.monotonic() + PATIENCE, position
            if time.monotonic() > end:
                self.wrong.append(f"application {self.number} does not get past {shown['next']['step']}: {self.said}")
                return
            self.step(shown, position)
        if shown["state"] != "finished":
            self.wrong.append(f"application {self.number} is {shown['state']}")

    def step(self, shown, position):
        meets = position not in self.met
        self.met.add(position)
        thread = threading.Thread(target=self.strike, args=(self.chance.uniform(0, 0.5) if shown["next"]["is_card"] else
                                                            self.chance.uniform(0, 0.02),)) if meets else None
        if thread:
            self.cases += 1
            thread.start()
        try:
            (self.at_terminal if shown["next"]["is_card"] else self.by_staff)(shown, position)
        except AWAY:
            pass
        if thread:
            thread.join()
            self.desk.mend()

    def strike(self, delay):
        time.sleep(delay)
        try:
            self.fault(self.desk)
        except (RuntimeError, *AWAY):
            pass  # it hit something that was gone already

    def by_staff(self, shown, position):
        step, clerk = shown["next"], self.desk.clerk
        form = {"number": self.number} if step["is_effect"] else \
            {"number": self.number, "step": step["step"], "note": "seen"} | ({"kind": step["kind"]} if step["kind"] else {})
        if self.forgets:
            self.shown_done.add(position)
            self.forgets = False
            return
        clerk.post(step["execute_url" if step["is_effect"] else "step_url"], form)
        self.said = clerk.text[:300]
        if '"same-day"' in clerk.text:  # the letter to the principal comes first: S27
            self.desk.next_day()
        if clerk.status == 303:
            self.shown_done.add(position)

    def at_terminal(self, shown, position):
        """Until the application is past this position, or a few seconds are over."""
        desk, end = self.desk, time.monotonic() + 8
        called = [row for row in shown["terminals"] if row.get("application") == self.number]
        if not called:
            desk.clerk.post("/staff/terminal/call", {"number": self.number, "name": NAME})
        while time.monotonic() < end:
            page = desk.terminal.page()
            self.said = title = desk.terminal.title()
            if title == "内容を確認してください":
                desk.terminal.ask("POST", "/language", {"language": 1})
            elif asked := desk.terminal.asked():
                desk.terminal.press("/pin", pin=PINS[asked])
            elif 'action="/go"' in page:
                desk.terminal.press("/go")
            elif title in ("The staff go on", "All is done", "職員が手続を進めています", "完了しました"):
                return
            time.sleep(0.1)
            now = desk.clerk.get(f"/staff/application?number={self.number}").json()
            if now["state"] != "open" or now["next"]["position"] != position:
                return


def promises(desk):
    """What is wrong in the books."""
    wrong = [f"{num} good certificates of one kind are installed for resident {resident}" for resident, num in
             desk.database("SELECT resident, COUNT(*) FROM certificate WHERE state = 2 AND installed IS NOT NULL GROUP BY resident, kind HAVING COUNT(*) > 1")]
    return wrong + [f"{num} good certificates of application {number} and one kind" for number, num in
                    desk.database("SELECT application, COUNT(*) FROM certificate WHERE state = 2 GROUP BY application, kind HAVING COUNT(*) > 1")]


def sweep(desk, name, resident, child, seed, forgets=False):
    """(steps that met the fault, sentences of what was wrong)"""
    chance = random.Random(f"{seed} {name}")
    cases, wrong = 0, []
    for who, life in ((resident, HOLDER), (child, CHILD)):
        desk.make_card(who)
        for procedure, applicant, fields in life:
            desk.mend()
            walk = Walk(desk, desk.open(who, procedure, applicant, fields), FAULTS[name], chance, forgets)
            walk.walk()
            cases += walk.cases
            wrong += [f"{procedure} by {applicant}: {sentence}" for sentence in walk.wrong]
            if forgets and walk.wrong:
                return cases, wrong
    return cases, wrong + promises(desk)


def main():
    """A line of JSON for each fault: {"fault", "cases", "wrong", "bug": of a seeded bug, whether it was found}."""
    pcscd.enter()
    seed, names = sys.argv[1], sys.argv[2:] or list(FAULTS)
    folder = tempfile.mkdtemp(prefix="jpki-counter-faults-")
    with pcscd.Readers(1) as readers:
        desk = Desk(folder, readers)
        try:
            for name, resident, child in zip(FAULTS, HOLDERS, CHILDREN):
                if name in names:
                    cases, wrong = sweep(desk, name, resident, child, seed)
                    print(json.dumps({"fault": name, "cases": cases, "wrong": wrong, "bug": None}), flush=True)
            if BUG in names or len(names) == len(FAULTS):
                cases, wrong = sweep(desk, "none", 1018, 1008, seed, forgets=True)
                print(json.dumps({"fault": BUG, "cases": cases, "wrong": wrong, "bug": bool(wrong)}), flush=True)
        finally:
            desk.end()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
