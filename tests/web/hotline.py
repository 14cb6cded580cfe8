#!/usr/bin/python3
"""The telephone: who answers it types what a caller says, is told what fits and nothing of the record, holds, and has words
for each of the three ends; two of one name and birth date are never both held."""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402
from visitor import Visitor  # noqa: E402

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-hotline-")
DATA, ETC = f"{folder}/data", f"{folder}/etc"
HANAKO = {"name": "北栄花子", "era": "showa", "year": 61, "month": 5, "day": 14, "address": "見本1-1-1", "telephone": "0858-00-1001"}
MISAKI = {"name": "由良美咲", "era": "heisei", "year": 7, "month": 1, "day": 30, "address": "見本1-2", "telephone": "0858-00-1005"}
TWINS = [  # (number, address, telephone, card): of Misaki's name and birth date
    (9001, "鳥取県東伯郡北栄町見本五丁目５番地", "0858-00-9001", "0003720000000901137220340130"),
    (9002, "鳥取県東伯郡北栄町見本六丁目６番地", "0858-00-9002", "0003720000000902137220340130"),
    (9003, "鳥取県東伯郡北栄町見本六丁目６番地", "0858-00-9002", "0003720000000903137220340130"),
]


def make_town():
    shutil.copytree(f"{jpkid.SOURCE}/etc", ETC)
    with open(f"{ETC}/sample/residents.csv") as file:
        misaki = next(line for line in file if line.startswith("1005,"))
    with open(f"{ETC}/sample/residents.csv", "a") as file:
        for number, address, telephone, card in TWINS:
            parts = misaki.rstrip("\n").split(",")
            parts[0], parts[9], parts[10], parts[16] = str(number), address, telephone, card
            file.write(",".join(parts) + "\n")
        parts[0], parts[1], parts[2], parts[5], parts[10], parts[16] = "9004", "無番", "電子", "むばん　でんこ", "", "0003720000000904137220340130"
        file.write(",".join(parts) + "\n")
    return jpkid.run("init", "--data", DATA, "--sample", "--etc", ETC)


class Hotline(Visitor):
    def __init__(self, name="hotline1"):
        super().__init__(service)
        done = subprocess.run([f"{jpkid.BUILD}/jpki", "admin", "login-code", "--as", name, "--json"], capture_output=True, text=True,
                              env=dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=f"{DATA}/run/acts.sock"))
        self.post("/staff/login", {"code": json.loads(done.stdout)["login_code"]})

    def compare(self, said, **changed):
        return self.post("/staff/hotline", {"applicant": "holder", "do": "check", **said, **changed})

    def hold(self, said, **changed):
        return self.compare(said, do="hold", **changed)

    def found(self):
        return self.json().get("found")

    def fits(self):
        return {row["question"]: row["fits"] for row in self.json().get("questions", [])}

    def outcome(self):
        """The page that a hold leads to."""
        return self.get(self.headers["Location"])


def database(sql, *values):
    path = next(f"{DATA}/database/{name}" for name in os.listdir(f"{DATA}/database") if name.endswith(".db"))
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as connection:
        return connection.execute(sql, values).fetchall()


def states():
    return dict(database("SELECT number, card_state FROM resident"))


def stopped():
    """Residents whose card is in another state than at first."""
    return sorted(number for number, state in states().items() if state != at_first[number])


def num_applications():
    return database("SELECT COUNT(*) FROM application")[0][0]


def test_who_may():
    stranger = Visitor(service)
    tap.check(stranger.get("/staff/hotline").status == 303 and "/staff/login" in stranger.headers["Location"], "for the staff alone", stranger.text)
    for do in ("check", "hold"):
        stranger.post("/staff/hotline", {**HANAKO, "do": do, "applicant": "holder"})
        tap.check(stranger.status == 303 and "/staff/login" in stranger.headers["Location"], f"a stranger's form: {do}", stranger.text)
    line = Hotline()
    tap.check(line.post("/staff/hotline", {**HANAKO, "do": "hold"}, Origin="https://elsewhere.example").status == 403, "another site's form", line.text)
    tap.check(num_applications() == 0, "nothing was opened")


def test_compare(line):
    page = line.get("/staff/hotline").json()
    tap.check([row["word"] for row in page["form"]["callers"]] == ["holder", "legal-representative", "other"] and "found" not in page,
              "an empty form", page)
    line.compare(HANAKO)
    tap.check(line.status == 200 and line.found() == "shown" and line.fits() == {"address": True, "telephone": True}, "what fits is said", line.text)
    tap.check(line.json()["card_text"] == "in order", "and that there is a card to hold", line.text)
    for what, changed in (("as it is read", {"name": "ほくえい はなこ"}), ("in katakana", {"name": "ホクエイ　ハナコ"}), ("with the whole address", {"address": "鳥取県東伯郡北栄町見本一丁目１番地１"}),
                          ("in full width", {"address": "見本１ー１ー１", "telephone": "０８５８００１００１", "year": "６１"})):
        tap.check(line.compare(HANAKO, **changed).json().get("found") == "shown", f"the same person, {what}", line.text)
    for what, changed, found, fits in (
            ("another address", {"address": "見本1-1-2"}, "not-shown", {"address": False, "telephone": True}),
            ("another telephone", {"telephone": "0858-00-1002"}, "not-shown", {"address": True, "telephone": False}),
            ("a telephone that begins so", {"telephone": "0858-00-10011"}, "not-shown", {"address": True, "telephone": False}),
            ("no telephone", {"telephone": ""}, "not-shown", {"address": True}),
            ("the name of the place alone", {"address": "見本", "telephone": ""}, "not-shown", {"address": False}),
            ("nothing", {"address": "", "telephone": ""}, "not-shown", {}),
            ("a part of the name", {"name": "北栄"}, "nobody", {}), ("another birth date", {"day": 15}, "nobody", {}),
            ("a blank name", {"name": "　"}, "nobody", {}), ("a name that is none", {"name": "%"}, "nobody", {})):
        line.compare(HANAKO, **changed)
        tap.check(line.found() == found and line.fits() == fits, f"not enough: {what}", line.text)
        tap.check(line.hold(HANAKO, **changed).status in (200, 400) and not stopped() and num_applications() == 0, f"nobody is held by it: {what}", line.text)
    record = line.compare({**HANAKO, "address": "", "telephone": ""}).text
    html = line.post("/staff/hotline", {**HANAKO, "address": "", "telephone": "", "do": "check", "applicant": "holder"}, Accept="text/html").text
    tap.check(not any(word in record + html for word in ("見本一丁目", "0858-00-1001", "0003720000000013137220340514", "1001")),
              "nothing of the record is shown", html)
    tap.check("is_shown" not in record or '"is_shown": false' in record, "and no button holds", record)
    evil = "\"'><script>alert(1)</script>{{page}}"
    for name in ("name", "address", "telephone", "year", "applicant", "once", "do"):
        html = line.post("/staff/hotline", {**HANAKO, "do": "check", name: evil}, Accept="text/html").text
        tap.check("<script" not in html, f"{name}: text stays text", html)
    kinds = database("SELECT COUNT(*) FROM journal WHERE kind LIKE 'caller-check:%'")[0][0]
    tap.check(kinds > 10, "each comparison is in the journal", kinds)


def test_several(line):
    """Two of one name and birth date: held is who the answers tell apart, and no other."""
    line.compare(MISAKI, address="", telephone="")
    tap.check(line.found() == "several" and not line.fits(), "several, and no answer says whom it fits", line.text)
    line.compare(MISAKI, address="見本6-6", telephone="0858-00-9002")
    tap.check(line.found() == "several" and not line.fits() and line.hold(MISAKI, address="見本6-6", telephone="0858-00-9002").status == 200,
              "two whom nothing tells apart", line.text)
    tap.check(not stopped() and num_applications() == 0, "neither is held", stopped())
    line.compare(MISAKI, address="見本1-2", telephone="0858-00-9001")
    tap.check(line.found() == "several", "the address of one and the telephone of another", line.text)
    line.hold(MISAKI, address="見本5-5", telephone="0858-00-9001")
    tap.check(line.status == 303 and line.outcome().json().get("held_at") and stopped() == [9001], "the one whom both fit is held, and no other", line.text)


def test_hold(line):
    before = num_applications()
    page = line.compare(HANAKO).json()
    html = line.post("/staff/hotline", {**HANAKO, "do": "check", "applicant": "holder"}, Accept="text/html").text
    tap.check(page["is_shown"] and "does not come back" in html and html.index("does not come back") < html.index('value="hold"'),
              "what a release costs is said before the button", html)
    form = {**HANAKO, "once": page["form"]["once"], "applicant": "other"}
    line.hold(form)
    where = line.headers["Location"]
    done = line.outcome().json()
    tap.check(done["is_held"] and done["number"] and stopped() == [1001, 9001], "held: number and time", line.text)
    steps = database("SELECT name FROM step WHERE application = ? AND done IS NOT NULL ORDER BY position", done["number"])
    tap.check([name for name, in steps] == ["control-questions", "hold", "card-stop"], "step by step; the letter is left", steps)
    tap.check(database("SELECT applicant FROM application WHERE number = ?", done["number"]) == [("other",)], "with who called", "")
    tap.check(line.compare(HANAKO).json()["card_text"] == "stopped", "a further call hears that it is held already", line.text)
    line.hold(form)
    tap.check(line.headers["Location"] == where and num_applications() == before + 1, "the same form again opens nothing more", line.text)
    tap.check(line.get(done["application_url"]).json()["next"]["step"] == "notice", "the letter goes to the holder", line.text)
    other = {**form, **MISAKI, "address": "見本1-2", "telephone": "0858-00-1005"}
    line.hold(other)
    tap.check(line.outcome().json()["number"] != done["number"] and stopped() == [1001, 1005, 9001], "a form changed into another person's is that one's", line.text)


def test_without_questions(line):
    """Who has no telephone in the record is asked for the address alone."""
    wish = {**MISAKI, "name": "無番電子", "address": "見本6-6", "telephone": ""}
    tap.check(line.compare(wish, address="見本6-7").json()["found"] == "not-shown", "another address", line.text)
    tap.check(line.compare(wish).json()["found"] == "shown", "the address is enough", line.text)


def test_taken(line):
    """Taken and not in effect, as after a centre that went away in between: that is said, and it is carried out from there."""
    before = stopped()
    line.post("/staff/open", {"resident": 1002, "procedure": "hold", "applicant": "holder"})
    number = database("SELECT MAX(number) FROM application")[0][0]
    page = line.get(f"/staff/hotline?number={number}").json()
    html = line.get(f"/staff/hotline?number={number}", Accept="text/html").text
    tap.check(not page["is_held"] and "held_at" not in page and "not in effect yet" in html and "hold-letter" not in html, "taken, not yet held", html)
    form = {"number": number}
    tap.check(line.post(page["again_url"], form, Origin="https://elsewhere.example").status == 403 and stopped() == before, "not by another site's form", line.text)
    tap.check(line.post(page["again_url"], {"number": "x"}).status == 400 and line.post(page["again_url"], {"number": 999999}).status == 409
              and stopped() == before, "nor for a number that is none", line.text)
    line.post(page["again_url"], form)
    page = line.outcome().json()
    tap.check(page["is_held"] and page["number"] == number and stopped() == sorted([*before, 1002]), "carried out from there", line.text)
    clerk = Hotline("daiei1")
    clerk.post("/staff/open", {"resident": 1001, "procedure": "loss-report", "applicant": "holder", "kinds": "both"})
    other = database("SELECT MAX(number) FROM application")[0][0]
    tap.check(other != number and clerk.get(f"/staff/hotline?number={other}").status == 303 and "/staff/application" in clerk.headers["Location"],
              "what is no hold has its own page", clerk.text)
    tap.check(clerk.post("/staff/hotline/again", {"number": other}).status == 303 and database(
        "SELECT COUNT(*) FROM step WHERE application = ? AND done IS NOT NULL", other) == [(0,)], "and is not carried out here", clerk.text)


def test_away(line):
    """commit stands still: nothing is taken, what was typed stays; afterwards it goes on."""
    commit, before = service.role("commit"), num_applications()
    wish = {**MISAKI, "name": "無番電子", "address": "見本6-6", "telephone": "", "once": "ab" * 16}
    os.kill(commit, signal.SIGSTOP)
    try:
        line.hold(wish)
        page = line.json()
        tap.check(line.status == 503 and page["form"]["name"] == "無番電子" and page["form"]["once"] == "ab" * 16 and "still here" in page["refused"],
                  "nothing is lost of what was typed", line.text)
    finally:
        os.kill(commit, signal.SIGCONT)
    end, status = time.monotonic() + 30, 0
    while status != 303 and time.monotonic() < end:
        time.sleep(0.2)
        try:
            status = line.hold(wish).status
        except OSError:
            status = 0
    tap.check(status == 303 and line.outcome().json()["is_held"] and num_applications() == before + 1, "the same form again holds, once", line.text)


try:
    code, errors = make_town()
    tap.check(code == 0, "init", errors)
    with jpkid.Service(DATA, "--web", "127.0.0.1:0") as service:
        tap.check(service.is_ready, "serves", service.said())
        at_first = states()
        test_who_may()
        hotline = Hotline()
        test_compare(hotline)
        test_several(hotline)
        test_hold(hotline)
        test_without_questions(hotline)
        test_taken(hotline)
        test_away(hotline)
        tap.check("0858-00-1001" not in service.said() and "花子" not in service.said(), "what a caller says is in no log")
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
