#!/usr/bin/python3
"""Appointments over the acts socket of a real jpkid, as the public and as staff: booked, shown, moved,
cancelled, listed, found, erased; who may not. Then 2,000 bookings at once for 100 places: exactly 100 are
booked. On SQLite, or on the PostgreSQL that JPKI_TEST_STORE names (tests/postgres.py)."""
import collections
import datetime
import json
import os
import queue
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import acts  # noqa: E402
import jpkid  # noqa: E402
import postgres  # noqa: E402
from tap import Tap  # noqa: E402

STORE = os.environ.get("JPKI_TEST_STORE")
CLOCK = "2026-12-01T00:00:00Z"  # 09:00 in Japan, a Tuesday
NUM_ASKED, NUM_PLACES, NUM_CONNECTIONS = 2000, 100, 60
CROWD_DAY, QUIET_DAY = "2026-12-10", "2026-12-02"
LETTERS = set("0123456789ABCDEFGHJKLMNPQRTUVWXY")

# 20 starts a day at 5 counters: 100 places; the other office has one counter and a break.
TOWN = """slot = 15
days = 60
last-day = 2027-12-31
closed = 2026-12-11
minutes.renewal = 15
minutes.new = 30
office = crowd
places = 5
thursday = 09:00-12:00 13:00-15:00
office = quiet
places = 1
wednesday = 09:00-12:00 13:00-17:00
thursday = 09:00-12:00
friday = 09:00-12:00
"""

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-appointments-")
DATA, ETC = f"{folder}/data", f"{folder}/etc"


def rows(sql):
    """What the database has, each row as a list of texts."""
    if STORE:
        return postgres.sql(STORE, sql)
    with sqlite3.connect(f"file:{DATA}/database/jpki.db?mode=ro", uri=True, timeout=10) as connection:
        return [[str(value) for value in row] for row in connection.execute(sql)]


def count(sql):
    return int(rows(sql)[0][0])


def journal_text():
    return str(rows("SELECT convert_from(data, 'UTF8') FROM journal_personal" if STORE else "SELECT data FROM journal_personal"))


def at(day, hour, minute=0):
    """Seconds of a time of day in Japan."""
    zone = datetime.timezone(datetime.timedelta(hours=9))
    return int(datetime.datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}:00").replace(tzinfo=zone).timestamp())


def code_of(answer):
    return answer.get("refused", answer.get("error", {})).get("code", "done" if "done" in answer else "?")


def make_town():
    shutil.copytree(f"{jpkid.SOURCE}/etc", ETC)
    with open(f"{ETC}/appointments", "w") as file:
        file.write(TOWN)
    with open(f"{ETC}/offices", "a") as file:
        file.write("office = 見本 混雑\ncode = crowd\noffice = 見本 静か\ncode = quiet\n")
    with open(f"{ETC}/sample/staff.csv", "a") as file:
        file.write("public1,見本 町のページ,public,,web\n")
    words = ["--store", STORE] if STORE else []
    return jpkid.run("init", "--data", DATA, "--sample", "--etc", ETC, "--clock", CLOCK, *words)


class Desk:
    """One connection, and what is asked over it."""

    def __init__(self, service):
        self.connection = acts.Connection(service.acts)

    def ask(self, who, act, **fields):
        return self.connection.ask("appointment-" + act, who, **fields)

    def answer(self, who, act, **fields):
        told = self.ask(who, act, **fields)
        if "done" not in told:
            raise RuntimeError(f"{act}: {told}")
        return told["answer"]

    def book(self, who="public1", **fields):
        wish = {"office": "quiet", "procedure": "renewal", "time": at(QUIET_DAY, 9), "name": "見本 花子",
                "birth_date": "1980-04-01", "telephone": "090-1234-5678"}
        return self.ask(who, "book", **{**wish, **fields})

    def refused(self, code, name, told):
        tap.check(code_of(told) == code and told.get("refused", {"ja": "x"})["ja"], f"refused: {name}", told)
        return told


def check_free(desk):
    free = desk.answer("public1", "free", office="quiet", procedure="new", date=QUIET_DAY)
    starts = [start["at"] for start in free["starts"]]
    tap.check(starts[0] == "09:00" and "11:30" in starts and "11:45" not in starts and "13:00" in starts
              and starts[-1] == "16:30", "the free starts are those of the hours", starts)
    tap.check(free["days"][:3] == [QUIET_DAY, "2026-12-03", "2026-12-04"] and "2026-12-11" not in free["days"]
              and free["last_day"] == "2027-01-30" and free["minutes"] == 30, "and so are the days", free)


def check_book(desk):
    """The booked appointment of the public: (number, code)."""
    told = desk.book(note="車いす")
    answer = told.get("answer", {})
    number, code = answer.get("number"), answer.get("code", "")
    tap.check("done" in told and 10000000 <= number <= 99999999 and len(code) == 10 and set(code) <= LETTERS,
              "booked: a number and a code", told)
    tap.check("name" not in answer and answer["at"] == "09:00" and answer["until"] == "09:15",
              "the public is told the time, and nothing of the person", answer)
    free = desk.answer("public1", "free", office="quiet", procedure="renewal", date=QUIET_DAY)
    tap.check(free["starts"][0]["at"] == "09:15", "the place is not offered any more", free["starts"][:2])
    desk.refused("full", "the same time and place", desk.book(name="別人"))
    return number, code


def check_refusals(desk):
    later = at(QUIET_DAY, 10)
    for code, name, fields in [
            ("past", "the past", {"time": at("2026-12-01", 8)}),
            ("too-far", "more than 60 days ahead", {"time": at("2027-02-03", 9)}),
            ("closed-day", "a closed day", {"time": at("2026-12-11", 9)}),
            ("closed-day", "a day without hours", {"time": at("2026-12-07", 9)}),
            ("outside-hours", "into the break", {"time": at(QUIET_DAY, 11, 45), "procedure": "new"}),
            ("outside-hours", "across the closing time", {"time": at(QUIET_DAY, 16, 45), "procedure": "new"}),
            ("no-start", "a time between two starts", {"time": later + 300}),
            ("no-such-office", "an office that is none", {"office": "elsewhere"}),
            ("not-by-appointment", "a hold", {"procedure": "hold"}),
            ("name", "a blank name", {"time": later, "name": "　 "}),
            ("birth-date", "a birth date of tomorrow", {"time": later, "birth_date": "2026-12-02"}),
            ("malformed", "a telephone number without area code", {"time": later, "telephone": "37-5866"}),
            ("malformed", "a birth date that is none", {"time": later, "birth_date": "1980-02-30"}),
            ("malformed", "a time beyond all numbers", {"time": 2**63}),
            ("too-far", "the last of all moments", {"time": 2**63 - 1})]:
        desk.refused(code, name, desk.book(**fields))
    for who in ("admin1", "auditor1", "register1", "card1"):
        desk.refused("role", f"booking as {who}", desk.book(who))
    for act, fields in [("list", {"office": "quiet", "date": QUIET_DAY}), ("find", {"name": "見本 花子"})]:
        desk.refused("role", f"{act} for the public", desk.ask("public1", act, **fields))
    for act, fields in [("status", {}), ("parked-list", {}), ("approve", {"number": 1}), ("resident-find", {})]:
        desk.refused("role", f"{act} for the public", desk.connection.ask(act, "public1", **fields))
    tap.check(count("SELECT COUNT(*) FROM appointment") == 1, "what is refused is not stored")


def check_codes(desk, number, code):
    wrong = "0" * 10 if code != "0" * 10 else "1" * 10
    first = desk.refused("wrong-code", "another's code", desk.ask("public1", "show", number=number, code=wrong))
    nobody = desk.refused("wrong-code", "a number that nobody has",
                          desk.ask("public1", "show", number=number ^ 1, code=code))
    tap.check(first == nobody, "both answers are the same")
    desk.refused("wrong-code", "no code", desk.ask("public1", "cancel", number=number))
    shown = desk.answer("public1", "show", number=number, code=code)
    tap.check(shown["state"] == "booked" and "telephone" not in shown, "its own code shows it", shown)
    for act, more in [("show", {}), ("move", {"time": at(QUIET_DAY, 10)}), ("cancel", {}), ("cancel", {})]:
        desk.refused("wrong-code", f"{act}, the wrong code", desk.ask("public1", act, number=number, code=wrong, **more))
    tap.check(rows("SELECT wrong_codes, state FROM appointment") == [["5", "0"]],
              "five wrong codes are counted, though refused", rows("SELECT wrong_codes FROM appointment"))
    desk.refused("wrong-code", "a sixth", desk.ask("public1", "cancel", number=number, code=wrong))
    for act, more in [("show", {}), ("move", {"time": at(QUIET_DAY, 10)}), ("cancel", {})]:
        desk.refused("by-telephone", f"{act} with the right code then",
                     desk.ask("public1", act, number=number, code=code, **more))
    kept = journal_text() + str(rows("SELECT code FROM appointment"))
    tap.check(all(text not in kept for text in (code, code.encode().hex()))
              and any(text in kept for text in ("SHA-256", b"SHA-256".hex())),
              "the code stands nowhere: not in its row, not in the journal")


def check_staff(desk, number):
    shown = desk.answer("hotline1", "show", number=number)
    tap.check(shown["name"] == "見本 花子" and shown["telephone"] == "090-1234-5678" and shown["note"] == "車いす"
              and shown["birth_date"] == "1980-04-01" and shown["wrong_codes"] == 6, "staff see it all", shown)
    moved = desk.answer("hotline1", "move", number=number, time=at(QUIET_DAY, 9, 15))
    tap.check(moved["at"] == "09:15" and moved["changes"] == 1, "moved by telephone", moved)
    desk.refused("no-appointment", "a number that nobody has", desk.ask("daiei1", "show", number=number ^ 1))
    other = desk.answer("daiei1", "book", office="quiet", procedure="new", time=at(QUIET_DAY, 10), name="見本 次郎",
                        birth_date="1990-00-00", telephone="0858-37-5866")
    desk.refused("full", "moving onto another's place",
                 desk.ask("daiei1", "move", number=number, time=at(QUIET_DAY, 10, 15)))
    tap.check(desk.answer("daiei1", "show", number=number)["at"] == "09:15", "it keeps its old place")
    moved = desk.answer("daiei1", "move", number=other["number"], time=at(QUIET_DAY, 10, 15))
    tap.check(moved["at"] == "10:15", "moving by less than its length counts its own place as free", moved)
    return other["number"]


def check_lists(desk, number, other):
    listed = desk.answer("daiei1", "list", office="quiet", date=QUIET_DAY)
    tap.check([row["number"] for row in listed["appointments"]] == [number, other] and not listed["more"],
              "the list of a day is in order", listed)
    page = desk.answer("daiei1", "list", office="quiet", date=QUIET_DAY, limit=1)
    rest = desk.answer("daiei1", "list", office="quiet", date=QUIET_DAY, after=number)
    tap.check(page["more"] and len(page["appointments"]) == 1
              and [row["number"] for row in rest["appointments"]] == [other], "and comes in pages", page)
    desk.refused("list-changed", "a page behind a row of another day",
                 desk.ask("daiei1", "list", office="quiet", date="2026-12-03", after=number))
    desk.refused("no-such-office", "the list of no office", desk.ask("daiei1", "list", office="x", date=QUIET_DAY))
    for fields in [{"number": number}, {"name": "見本花子"}, {"birth_date": "1980-04-01"},
                   {"name": "見本　花子", "birth_date": "1980-04-01"}]:
        found = desk.answer("hotline1", "find", **fields)["appointments"]
        tap.check([row["number"] for row in found] == [number], f"found by {' and '.join(fields)}", found)
    for fields in [{"name": "見本 花子", "birth_date": "1980-04-02"}, {"number": number ^ 1}, {"name": "見本"}]:
        tap.check(not desk.answer("hotline1", "find", **fields)["appointments"], f"not found by other {fields}")
    desk.refused("whose", "finding nobody", desk.ask("hotline1", "find"))


def check_cancel(desk, number):
    gone = desk.answer("hotline1", "cancel", number=number)
    tap.check(gone["state"] == "cancelled" and gone["changes"] == 2, "cancelled", gone)
    desk.refused("cancelled", "cancelling again", desk.ask("hotline1", "cancel", number=number))
    desk.refused("cancelled", "moving it", desk.ask("hotline1", "move", number=number, time=at(QUIET_DAY, 11)))
    again = desk.book(time=at(QUIET_DAY, 9, 15), name="次の人")
    tap.check("done" in again, "its place is free again", again)


def check_most(desk):
    for minute in (0, 15, 30):
        desk.book(time=at("2026-12-03", 9, minute), name="見本 三郎", birth_date="1970-01-01")
    desk.refused("most", "a fourth of one person",
                 desk.book(time=at("2026-12-03", 10), name="見本　三郎", birth_date="1970-01-01"))
    for name in ("見本\u00a0三郎", "見\u2009本三郎"):
        desk.refused("most", f"nor with another blank: {name!r}",
                     desk.book(time=at("2026-12-03", 10), name=name, birth_date="1970-01-01"))
    told = desk.book("hotline1", time=at("2026-12-03", 9, 45), name="見本 三郎", birth_date="1970-01-01")
    tap.check("done" in told, "staff book for them all the same", told)
    told = desk.book(time=at("2026-12-03", 10), name="見本 三郎", birth_date="1970-01-02")
    tap.check("done" in told, "of the same name, born on another day", told)


def check_forgiven(desk):
    """Somebody tries codes at another's appointment: a call mends it."""
    booked = desk.book(time=at("2026-12-03", 10, 45), name="Ｓａｍｐｌｅ Hanako", birth_date="1971-01-01")["answer"]
    number, code = booked["number"], booked["code"]
    for _ in range(5):
        desk.ask("public1", "show", number=number, code="ABCDEFGHJK")
    desk.refused("by-telephone", "after five wrong codes", desk.ask("public1", "show", number=number, code=code))
    desk.answer("hotline1", "move", number=number, time=at("2026-12-03", 11))
    tap.check(desk.answer("public1", "show", number=number, code=code)["at"] == "11:00", "moved by staff, the code is good again")
    found = desk.answer("hotline1", "find", name="sample hanako", birth_date="1971-01-01")["appointments"]
    tap.check([row["number"] for row in found] == [number], "found in half width and small letters", found)


def check_once(desk):
    """A form that is sent twice books once; of somebody else, or for another time, it is another form."""
    form = {"once": "5e" * 16, "time": at("2026-12-04", 11), "name": "見本 二度", "birth_date": "1972-02-02"}
    first = desk.book(**form)["answer"]
    before = count("SELECT COUNT(*) FROM appointment")
    tap.check(desk.book(**form)["answer"] == first and count("SELECT COUNT(*) FROM appointment") == before,
              "the same form again: the same appointment", first)
    for name, changed in (("another name", {"name": "見本 別人"}), ("another birth date", {"birth_date": "1972-02-03"}),
                          ("another form", {"once": "5f" * 16})):
        desk.refused("full", f"{name}: another wish, which finds the place taken", desk.book(**{**form, **changed}))
    other = desk.book(**{**form, "time": at("2026-12-04", 11, 30)})["answer"]
    tap.check(other["number"] != first["number"] and other["code"] != first["code"], "another time: another appointment", other)
    desk.answer("public1", "cancel", number=first["number"], code=first["code"])
    desk.refused("cancelled", "the form of what was cancelled", desk.book(**form))
    kept = journal_text()
    tap.check("5e" * 16 not in kept and first["code"] not in kept and kept.count("SHA-256") > 0,
              "what the code is made of does not stand in the journal")


def check_walk_in(desk):
    told = desk.connection.ask("application-open", "daiei1", procedure="new", resident=1001, applicant="holder",
                               kinds="both", pin="never-set")
    tap.check("done" in told, "who comes without an appointment is served all the same", told)


# --- the clerk's commands ---

def run_jpki(service, *words):
    done = subprocess.run([f"{jpkid.BUILD}/jpki", "counter", *map(str, words), "--as", "hotline1"], text=True,
                          capture_output=True, timeout=60,
                          env=dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=service.acts))
    return done.returncode, done.stdout + done.stderr


def check_commands(service):
    office = ["--office", "quiet"]
    caller = ["--name", "見本 電話", "--birth-date", "1955-05-05"]
    wish = [*office, "--procedure", "new", *caller, "--telephone", "0858-37-5866"]
    status, text = run_jpki(service, "free", *office, "--procedure", "new", "--date", "2026-12-04")
    tap.check(status == 0 and "at 09:00" in text, "jpki counter free", text)
    status, text = run_jpki(service, "book", "2026-12-04T09:30", *wish, "--json")
    booked = json.loads(text) if status == 0 else {}
    tap.check(booked.get("at") == "09:30" and booked.get("booked_by") == "hotline1", "jpki counter book", text)
    status, text = run_jpki(service, "book", "2026-12-04T09:45", *wish)
    tap.check(status == 1 and "[full S18]" in text, "refused with the reason", text)
    for when in ("2026-12-04", "2026-12-04T09:30Z", "2026-12-04T25:00", "2026-12-04T09:30:00", "tomorrow"):
        status, text = run_jpki(service, "book", when, *wish)
        tap.check(status == 64 and "not a time" in text, f"no time: {when}", text)
    status, text = run_jpki(service, "move", booked.get("number"), "2026-12-04T10:00")
    tap.check(status == 0 and "at: 10:00" in text, "jpki counter move", text)
    for words in (["booked", *office, "--date", "2026-12-04"], ["caller", *caller], ["caller", booked.get("number")]):
        status, text = run_jpki(service, *words)
        tap.check(status == 0 and f"number {booked.get('number')}" in text, f"jpki counter {words[0]}", text)
    status, text = run_jpki(service, "cancel", booked.get("number"))
    tap.check(status == 0 and "state: cancelled" in text, "jpki counter cancel", text)
    status, text = run_jpki(service, "cancel", booked.get("number"))
    tap.check(status == 1 and "[cancelled S18]" in text, "once", text)


# --- the crowd ---

def crowd_fields(i):
    start = i % (NUM_PLACES // 5)
    return {"office": "crowd", "procedure": "renewal", "time": at(CROWD_DAY, 9) + (start + 4 * (start >= 12)) * 900,
            "name": f"見本 {i}", "birth_date": "1980-04-01", "telephone": "090-1234-5678"}


def crowd_work(path, todo, answers):
    with acts.Connection(path, timeout=120) as connection:
        while True:
            try:
                i = todo.get_nowait()
            except queue.Empty:
                return
            answers[i] = code_of(connection.ask("appointment-book", "public1", **crowd_fields(i)))


def check_crowd(service):
    todo, answers = queue.Queue(), [None] * NUM_ASKED
    for i in range(NUM_ASKED):
        todo.put(i)
    threads = [threading.Thread(target=crowd_work, args=(service.acts, todo, answers))
               for _ in range(NUM_CONNECTIONS)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begun
    counts = collections.Counter(answers)
    print(f"# {NUM_ASKED} bookings over {NUM_CONNECTIONS} connections in {seconds:.1f} s: {dict(counts)}")
    tap.check(counts["done"] == NUM_PLACES, f"exactly {NUM_PLACES} are booked", counts)
    tap.check(counts["full"] == NUM_ASKED - NUM_PLACES, "the others are refused: full", counts)
    check_crowd_rows()


def check_crowd_rows():
    of_crowd = "FROM appointment WHERE office = 'crowd' AND state = 0"
    doubles = rows(f"SELECT begins, place, COUNT(*) {of_crowd} GROUP BY begins, place HAVING COUNT(*) > 1")
    tap.check(not doubles, "no two in one place", doubles)
    overlaps = count("SELECT COUNT(*) FROM appointment a, appointment b WHERE a.office = b.office AND"
                     " a.place = b.place AND a.number < b.number AND a.begins < b.ends AND b.begins < a.ends"
                     " AND a.state = 0 AND b.state = 0")
    tap.check(overlaps == 0, "and none that overlap", overlaps)
    tap.check(count(f"SELECT COUNT(*) {of_crowd}") == NUM_PLACES, "the database has as many")
    units = count("SELECT COUNT(*) FROM appointment_place WHERE office = 'crowd'")
    tap.check(units == 3 * NUM_PLACES, "with three units of five minutes each", units)


# --- after 30 days ---

def wait_until(what):
    end = time.monotonic() + 20
    while not what() and time.monotonic() < end:
        time.sleep(0.1)
    return what()


def check_erased(desk):
    kept = count("SELECT COUNT(*) FROM appointment")
    desk.connection.ask("clock", "admin1", time=at("2026-12-31", 12))
    time.sleep(2.5)
    tap.check(count("SELECT COUNT(*) FROM appointment") == kept, "less than 30 days after the first they are kept")
    desk.connection.ask("clock", "admin1", time=at("2027-01-05", 12))
    left = "SELECT COUNT(*) FROM appointment WHERE office = 'quiet'"
    tap.check(wait_until(lambda: count(left) == 0), "30 days after they are erased", rows(left))
    tap.check(count("SELECT COUNT(*) FROM appointment WHERE office = 'crowd'") == NUM_PLACES,
              "and those of a later day are not")
    tap.check(count("SELECT COUNT(*) FROM appointment_place WHERE office = 'quiet'") == 0, "with their places")
    entries = count("SELECT COUNT(*) FROM journal WHERE kind = 'appointment-erase:done'")
    tap.check(entries >= 1, "the journal has how many", entries)


def check_bad_files():
    for line, said in [("monday = 12:00-09:00\n", "monday"),
                       ("office = elsewhere\nplaces = 1\nmonday = 09:00-12:00\n", "elsewhere: no office")]:
        with open(f"{ETC}/appointments", "w") as file:
            file.write(TOWN + line)
        status, errors = jpkid.run("init", "--data", f"{DATA}-bad", "--sample", "--etc", ETC)
        tap.check(status != 0 and said in errors and not os.path.exists(f"{DATA}-bad"),
                  f"a file with a mistake makes no town: {said}", errors)


def check_roles_apart():
    with open(f"{ETC}/sample/staff.csv", "a") as file:
        file.write("both1,見本 両方,public counter,,web\n")
    with open(f"{ETC}/appointments", "w") as file:
        file.write(TOWN)
    status, errors = jpkid.run("init", "--data", f"{DATA}-bad", "--sample", "--etc", ETC)
    tap.check(status != 0 and "public excludes" in errors, "nobody of the staff has the public's role", errors)


def check_town_without(service):
    """A folder of before has no such file."""
    service.stop()
    os.remove(f"{DATA}/etc/appointments")
    with jpkid.Service(DATA, "--clock", "2027-01-05T04:00:00Z") as again:
        told = Desk(again).book()
        tap.check(code_of(told) == "no-appointments", "a town without the file takes none", told)


def main():
    status, errors = make_town()
    tap.check(status == 0, "init", errors)
    with jpkid.Service(DATA, "--clock", CLOCK) as service:
        tap.check(service.is_ready, "the service is ready", service.said())
        desk = Desk(service)
        check_free(desk)
        number, code = check_book(desk)
        check_refusals(desk)
        check_codes(desk, number, code)
        other = check_staff(desk, number)
        check_lists(desk, number, other)
        check_cancel(desk, number)
        check_most(desk)
        check_forgiven(desk)
        check_once(desk)
        check_walk_in(desk)
        check_commands(service)
        check_crowd(service)
        check_erased(desk)
        check_town_without(service)
    check_bad_files()
    check_roles_apart()


try:
    main()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
