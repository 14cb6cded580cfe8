#!/usr/bin/python3
"""Notices and the forecast over the acts socket of a real jpkid: who is written to and who is not, once for each
certificate, in parts that a killed service goes on with; listed, printed, come back; what falls due against what fits.
Certificates stand in the database as if they had been issued. On SQLite, or on the PostgreSQL that JPKI_TEST_STORE
names (tests/postgres.py)."""
import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import acts  # noqa: E402
import jpkid  # noqa: E402
from certificate_rows import AUTHENTICATION, GOOD, HELD, REVOKED, SIGNATURE, Certificates, days  # noqa: E402
from tap import Tap  # noqa: E402

STORE = os.environ.get("JPKI_TEST_STORE")
CLOCK = "2026-12-01T03:00:00Z"  # 12:00 in Japan: that day's notices are due since 00:30
MANY = 3000  # residents of the batch that is cut off
WAIT_SECONDS = 60

# resident, kind, last day, state, whether it is in another card than the resident's
CERTIFICATES = [
    (1001, AUTHENTICATION, "2027-03-01", GOOD, False), (1001, SIGNATURE, "2027-03-01", GOOD, False),
    (1002, AUTHENTICATION, "2026-12-20", GOOD, False), (1056, AUTHENTICATION, "2027-03-31", GOOD, False),
    (1047, AUTHENTICATION, "2026-12-15", GOOD, False), (1029, AUTHENTICATION, "2027-02-28", GOOD, False),
    (1057, AUTHENTICATION, "2027-01-01", GOOD, False), (1041, AUTHENTICATION, "2027-03-10", GOOD, False),
    (1040, AUTHENTICATION, "2027-03-20", GOOD, False), (1052, AUTHENTICATION, "2027-03-02", GOOD, False),
    (1017, AUTHENTICATION, "2027-03-02", HELD, False), (1018, AUTHENTICATION, "2027-03-02", REVOKED, False),
    (1019, AUTHENTICATION, "2026-12-25", GOOD, False), (1019, AUTHENTICATION, "2031-04-04", GOOD, False),
    (1020, AUTHENTICATION, "2027-04-01", GOOD, False), (1021, AUTHENTICATION, "2027-01-02", GOOD, False),
    (1022, AUTHENTICATION, "2031-05-25", GOOD, False), (1023, AUTHENTICATION, "2027-03-03", GOOD, True),
    (999999, AUTHENTICATION, "2027-03-04", GOOD, True), (1024, AUTHENTICATION, "2026-11-30", GOOD, False)]
OUTCOMES = {"opens": 5, "ends": 1, "card-ends": 2, "not-resident": 3, "card-not-good": 2, "held": 1, "not-good": 1,
            "renewed": 1}

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-notices-")
DATA = f"{folder}/data"
certificates = Certificates(DATA, STORE)


rows, count = certificates.rows, certificates.count


def time_of(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def code_of(told):
    return told.get("refused", told.get("error", {})).get("code", "done" if "done" in told else "?")


# --- asking ---

class Desk:
    def __init__(self, service):
        self.connection = acts.Connection(service.acts)

    def ask(self, who, act, **fields):
        return self.connection.ask(act, who, **fields)

    def answer(self, who, act, **fields):
        told = self.ask(who, act, **fields)
        if "done" not in told:
            raise RuntimeError(f"{act}: {told}")
        return told["answer"]

    def refused(self, code, name, who, act, **fields):
        told = self.ask(who, act, **fields)
        tap.check(code_of(told) == code, f"refused: {name}", told)


def wait_for(day):
    """Until the notices of a day are made."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        if count(f"SELECT COUNT(*) FROM notice_batch WHERE day = {days(day)} AND finished IS NOT NULL"):
            return True
        time.sleep(0.1)
    return False


def entries():
    """What the journal has of the batches: the data of each part."""
    text = "convert_from(data, 'UTF8')" if STORE else "CAST(data AS TEXT)"
    return [json.loads(row[0]) for row in rows(
        f"SELECT {text} FROM journal_personal p JOIN journal j ON j.sequence = p.sequence WHERE j.kind = 'notice-make:done'"
        " ORDER BY j.sequence")]


# --- who is written to ---

def check_first_day(desk):
    tap.check(wait_for("2026-12-01"), "the notices of the day are made by themselves")
    listed = desk.answer("daiei1", "notice-list")
    tap.check(listed["date"] == "2026-12-01" and listed["days"] == ["2026-12-01"] and not listed["more"], "the newest day is listed",
              listed)
    outcomes = {row["outcome"]: row["count"] for row in listed["outcomes"]}
    tap.check(outcomes == OUTCOMES, "each certificate that is due came to a notice, or to why not", outcomes)
    letters = {row["resident"]: row for row in listed["letters"]}
    told = {number: (row["notice"], row["tells"]) for number, row in letters.items()}
    tap.check(told == {1001: ("opens", "2026-12-02"), 1002: ("ends", "2026-12-20"), 1056: ("opens", "2027-01-01"),
                       1047: ("card-ends", "2026-12-15"), 1029: ("card-ends", "2027-02-28"), 1040: ("opens", "2026-12-21"),
                       1021: ("opens", "2026-10-03")}, "to whom, which, and of which day", told)
    tap.check(letters[1001]["signature_until"] == letters[1001]["authentication_until"] == "2027-03-01"
              and letters[1002]["signature_until"] == "", "both certificates stand on one letter", letters[1001])
    tap.check(listed["counts"] == [{"notice": "opens", "count": 4, "returned": 0}, {"notice": "ends", "count": 1, "returned": 0},
                                   {"notice": "card-ends", "count": 2, "returned": 0}], "how many of each", listed["counts"])
    tap.check(all("address" not in row for row in listed["letters"]), "no address is on the list")
    return letters


def check_pages(desk):
    page = desk.answer("daiei1", "notice-list", date="2026-12-01", limit=3)
    rest = desk.answer("daiei1", "notice-list", date="2026-12-01", after=page["letters"][-1]["number"])
    tap.check(page["more"] and len(page["letters"]) == 3 and len(rest["letters"]) == 4 and not rest["more"],
              "the list comes in pages", page)
    none = desk.answer("daiei1", "notice-list", date="2026-11-30")
    tap.check(none["letters"] == [] and none["counts"] == [] and none["outcomes"] == [], "another day has none", none)


def check_paper(desk, letters):
    paper = desk.answer("daiei1", "notice-paper", number=letters[1001]["number"])
    items = paper["items"]
    tap.check(paper["paper"] == "expiry-notice" and items["name"] == "北栄　花子" and items["opens"] == "2026-12-02"
              and items["signature-until"] == "2027-03-01" and items["number"] == f"20261201-{letters[1001]['number']}",
              "what stands on a letter", paper)
    items = desk.answer("daiei1", "notice-paper", number=letters[1056]["number"])["items"]
    tap.check("見本" in items.get("address", ""), "the envelope of who is protected has the address", items)
    paper = desk.answer("daiei1", "notice-paper", number=letters[1047]["number"])
    tap.check(paper["paper"] == "card-notice" and paper["items"]["card-until"] == "2026-12-15" and "opens" not in paper["items"],
              "whose card ends first is told to renew the card", paper)
    desk.refused("no-such-notice", "the paper of a number that none has", "daiei1", "notice-paper", number=10**6)


def check_returned(desk, letters):
    number = letters[1002]["number"]
    desk.refused("no-such-notice", "a number that none has came back", "daiei1", "notice-returned", number=10**6)
    back = desk.answer("daiei1", "notice-returned", number=number)
    tap.check(back["returned"] == "2026-12-01", "a letter came back", back)
    desk.refused("returned-already", "it comes back once", "daiei1", "notice-returned", number=number)
    listed = desk.answer("daiei2", "notice-list")
    row = [row for row in listed["letters"] if row["number"] == number][0]
    tap.check(row["returned"] == "2026-12-01" and row["returned_by"] == "daiei1" and listed["counts"][1]["returned"] == 1,
              "the list says what came back", row)


def check_roles(desk, letters):
    number = letters[1001]["number"]
    for who in ("hotline1", "admin1", "auditor1", "register1", "card1"):
        for act, fields in (("notice-list", {}), ("notice-paper", {"number": number}), ("notice-returned", {"number": number})):
            desk.refused("role", f"{act} for {who}", who, act, **fields)
    for who in ("hotline1", "auditor1", "register1", "card1"):
        desk.refused("role", f"forecast for {who}", who, "forecast")


def check_journal(desk):
    parts = entries()
    tap.check(parts == [{"counts": {"card-ends": 1, "ends": 1, "not-resident": 1, "renewed": 1}, "day": "2026-12-01"},
                        {"counts": {"card-ends": 1, "card-not-good": 2, "held": 1, "not-good": 1, "not-resident": 2, "opens": 5},
                         "day": "2026-12-01"}], "the journal has the counts, and nobody", parts)
    told = desk.answer("daiei1", "journal-about", resident=1001, note="本人の求め")
    acts_of = [entry["act"] for entry in told["entries"]]
    tap.check("notice-paper" in acts_of and "notice-list" in acts_of, "who read of a resident is theirs to know", acts_of)


# --- days go by ---

def check_next_days(desk):
    desk.answer("admin1", "clock", time=time_of("2026-12-02T03:00:00Z"))
    tap.check(wait_for("2026-12-02"), "the next day's notices")
    listed = desk.answer("daiei1", "notice-list")
    told = {row["resident"]: row["notice"] for row in listed["letters"]}
    tap.check(told == {1020: "opens", 1021: "ends"}, "who became due that day, and nobody again", told)
    desk.answer("admin1", "clock", time=time_of("2026-12-20T03:00:00Z"))
    tap.check(wait_for("2026-12-20"), "days went by without a service")
    listed = desk.answer("daiei1", "notice-list", date="2026-12-20")
    tap.check(listed["letters"] == [], "nobody is written to twice", listed)


def check_gone(desk, letters):
    """1040 has left the town on 2026-12-15."""
    number = letters[1040]["number"]
    desk.refused("not-resident", "the letter to who has left", "daiei1", "notice-paper", number=number)
    row = [row for row in desk.answer("daiei1", "notice-list", date="2026-12-01")["letters"] if row["number"] == number][0]
    tap.check(row["is_resident"] is False, "the list says so", row)


# --- the forecast ---

def check_forecast(desk):
    told = desk.answer("admin1", "forecast")
    weeks = told["weeks"]
    tap.check(told["counted"] == "2026-12-01" and len(weeks) == 53 and weeks[0]["first"] == "2026-12-01"
              and weeks[0]["last"] == "2026-12-06" and weeks[1]["first"] == "2026-12-07", "a year of weeks", weeks[:2])
    by_day = {last: sum(1 for row in CERTIFICATES if row[2] == last and row[3] != REVOKED) for *_, last, _, _ in CERTIFICATES}
    for week in weeks:
        expected = sum(num for day, num in by_day.items() if week["first"] <= day <= week["last"])
        if sum(week["ends"].values()) != expected:
            tap.check(False, f"what ends in the week of {week['first']}", week)
    ends = sum(sum(week["ends"].values()) for week in weeks)
    visits = sum(week["visits_ending"] for week in weeks)
    tap.check(ends == 16 and visits == 15, "each live certificate ends once; both of a holder are one visit", (ends, visits))
    opens = [week["first"] for week in weeks if sum(week["opens"].values())]
    tap.check(opens == ["2026-12-01", "2026-12-07", "2026-12-21", "2026-12-28"], "the weeks in which windows open", opens)
    tap.check(told["has_capacity"] and weeks[1]["capacity"] > 0 and not any(week["is_over"] for week in weeks)
              and told["closed_days_until"], "what fits is far more", weeks[1])
    tap.check(not {"letters", "residents"} & set(told) and "花子" not in json.dumps(told, ensure_ascii=False), "and nothing of anybody", told)


# --- in parts ---

def kill_amid(day, before):
    """The service of a day on which many are due, killed when some are written to. How many were."""
    with jpkid.Service(DATA, "--clock", f"{day}T03:00:00Z") as service:
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            num = count(f"SELECT COUNT(*) FROM notice_certificate WHERE serial > {before}")
            if num:
                os.kill(service.role("commit"), signal.SIGKILL)
                service.wait()
                return num
    return 0


def check_cut(before):
    """The batch goes on behind the last part, each exactly once; acts are answered meanwhile."""
    num = kill_amid("2026-12-21", before)
    done = count("SELECT COUNT(*) FROM notice_batch WHERE finished IS NULL")
    tap.check(0 < num < MANY and done == 1, f"killed when {num} of {MANY} were written to")
    with jpkid.Service(DATA, "--clock", "2026-12-21T05:00:00Z") as service:
        desk = Desk(service)
        waited = []
        while not count(f"SELECT COUNT(*) FROM notice_batch WHERE day = {days('2026-12-21')} AND finished IS NOT NULL"):
            begun = time.monotonic()
            desk.answer("daiei1", "session-show")
            waited.append(time.monotonic() - begun)
            if len(waited) > 100000:
                break
        tap.check(waited and max(waited) < 2, f"{len(waited)} acts were answered meanwhile, the slowest in {max(waited, default=0):.3f} s")
        sent = count(f"SELECT COUNT(*) FROM notice_certificate WHERE notice = 1 AND serial > {before}")
        letters = count(f"SELECT COUNT(*) FROM notice WHERE day = {days('2026-12-21')}")
        counted = count(f"SELECT count FROM notice_count WHERE day = {days('2026-12-21')} AND outcome = 'opens'")
        tap.check(sent == letters == counted == MANY, "each exactly once", (sent, letters, counted))
        journalled = sum(part["counts"].get("opens", 0) for part in entries() if part["day"] == "2026-12-21")
        tap.check(journalled == MANY, "and so says the journal", journalled)


# --- the clerk's commands ---

def run_jpki(service, *words):
    done = subprocess.run([f"{jpkid.BUILD}/jpki", "counter", *map(str, words), "--as", "daiei1"], text=True,
                          capture_output=True, timeout=60,
                          env=dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=service.acts))
    return done.returncode, done.stdout + done.stderr


def check_commands(service, letters):
    status, text = run_jpki(service, "notices", "--json")
    told = json.loads(text) if status == 0 else {}
    tap.check(len(told.get("letters", [])) == 7, "jpki counter notices --json", text)
    status, text = run_jpki(service, "notices", "--date", "2026-12-01")
    tap.check(status == 0 and "card-ends" in text and "北栄　花子" in text, "jpki counter notices", text)
    status, text = run_jpki(service, "notices", "--date", "yesterday")
    tap.check(status != 0, "a day that is none", text)
    status, text = run_jpki(service, "notice-returned", letters[1056]["number"])
    tap.check(status == 0 and "returned: 2026-12-01" in text, "jpki counter notice-returned", text)
    status, text = run_jpki(service, "notice-returned", letters[1056]["number"])
    tap.check(status == 1 and "[returned-already S11]" in text, "once", text)
    status, text = run_jpki(service, "forecast", "--json")
    tap.check(status == 0 and len(json.loads(text)["weeks"]) == 53, "jpki counter forecast --json", text)


def main():
    words = ["--store", STORE] if STORE else []
    status, errors = jpkid.run("init", "--data", DATA, "--sample", "--etc", f"{jpkid.SOURCE}/etc", "--clock", CLOCK, *words)
    tap.check(status == 0, "init", errors)
    certificates.add_cards()
    for row in CERTIFICATES:
        certificates.add(*row)
    with jpkid.Service(DATA, "--clock", CLOCK) as service:
        tap.check(service.is_ready, "the service is ready", service.said())
        desk = Desk(service)
        letters = check_first_day(desk)
        check_pages(desk)
        check_paper(desk, letters)
        check_journal(desk)
        check_commands(service, letters)
        check_forecast(desk)
        check_returned(desk, letters)
        check_roles(desk, letters)
        check_next_days(desk)
        check_gone(desk, letters)
    check_cut(certificates.add_many(MANY, "2027-04-20"))


try:
    main()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
