#!/usr/bin/python3
"""Appointments as pages: the public books, sees, moves and cancels without an account; the clerk has the day. What must not
happen on the way: a code in an address or a log, a place given twice, a form from elsewhere, texts that become anything else."""
import datetime
import json
import os
import re
import shutil
import sqlite3
import sys
import tempfile
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import acts  # noqa: E402
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402
import visitor as visitors  # noqa: E402

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-appointment-")
DATA, ETC = f"{folder}/data", f"{folder}/etc"
CLOCK = "2026-12-01T00:00:00Z"  # 09:00 in Japan, a Tuesday
URL = "https://town.example"
EVIL = "\"'><script>alert(1)</script>&{{page}}"
TOWN = """slot = 15
days = 60
last-day = 2027-12-31
closed = 2026-12-11
minutes.renewal = 15
minutes.new = 30
office = daiei
places = 2
wednesday = 09:00-12:00 13:00-17:00
office = hojo
places = 1
tuesday = 13:00-14:00
wednesday = 09:00-10:00
thursday = 09:00-12:00 13:00-17:00
friday = 09:00-12:00
"""
ZONE = datetime.timezone(datetime.timedelta(hours=9))
codes = []  # every one that was shown


class Visitor(visitors.Visitor):
    def __init__(self, town, address=None):
        super().__init__(town, address, None if town.data == DATA + "-plain" else URL)



def at(day, clock):
    """Seconds of a time of day in Japan."""
    return int(datetime.datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=ZONE).timestamp())


def wish(**fields):
    return {"office": "hojo", "procedure": "renewal", "date": "2026-12-03", "time": at("2026-12-03", "09:00"), "name": "見本 花子", "era": "showa",
            "year": 55, "month": 4, "day": 1, "telephone": "090-1234-5678", **fields}


def database(sql):
    with sqlite3.connect(f"file:{DATA}/database/jpki.db?mode=ro", uri=True, timeout=10) as connection:
        return connection.execute(sql).fetchall()


def count():
    return database("SELECT COUNT(*) FROM appointment")[0][0]


people = iter(range(1, 1 << 20))


def somebody(**fields):
    """A wish of one who has none yet, and the visitor, from an address of their own."""
    number = next(people)
    return Visitor(service, f"127.1.{number // 250}.{number % 250 + 1}"), wish(name=f"見本 {number}", **fields)


def booked(**fields):
    """(visitor, number, code) of an appointment."""
    visitor, form = somebody(**fields)
    told = visitor.post("/appointment", form)
    if told.status != 200:
        raise RuntimeError(told.text)
    codes.append(told.json()["code"])
    return visitor, told.json()["number"], told.json()["code"]


def test_walk():
    """From the first page to the form, link by link; nothing but what the calendar has is offered."""
    visitor = Visitor(service)
    home = visitor.get("/").json()
    page = visitor.get(home["appointment_url"]).json()
    procedures = {choice["word"]: choice["url"] for choice in page["question"]["choices"]}
    tap.check(set(procedures) == {"new", "renewal"}, "procedures: those that take an appointment", procedures)
    page = visitor.get(procedures["renewal"]).json()
    offices = {choice["word"]: choice["url"] for choice in page["question"]["choices"]}
    tap.check(set(offices) == {"daiei", "hojo"}, "offices: those that take them", offices)
    page = visitor.get(offices["hojo"]).json()
    days = {day["date"]: day["url"] for day in page["month"]["days"]}
    tap.check("2026-12-03" in days and "2026-12-11" not in days and "2026-12-07" not in days and "before_url" not in page["month"],
              "days: not the closed ones", days)
    january = visitor.get(page["month"]["after_url"]).json()["month"]
    tap.check("2027-01-06" in {day["date"] for day in january["days"]} and "after_url" not in january, "nor beyond the last one", january)
    tap.check(visitor.get(january["before_url"]).json()["month"]["days"] == page["month"]["days"], "and back", visitor.text)
    form = visitor.get(days["2026-12-03"]).json()["form"]
    tap.check([start["text"][-5:] for start in form["starts"]][:13] == ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30", "10:45",
                                                                   "11:00", "11:15", "11:30", "11:45", "13:00"], "times: none in the break", form)
    answers = visitor.json()["answers"]
    tap.check([answer["word"] for answer in answers] == ["renewal", "hojo", "2026-12-03"], "what was chosen stands there", answers)
    again = visitor.get(answers[1]["change_url"]).json()
    tap.check(again["question"]["name"] == "office" and [answer["word"] for answer in again["answers"]] == ["renewal", "2026-12-03"],
              "and can be changed, the rest stays", again)
    for query, name in {"procedure=hold": "procedure", "procedure=nothing": "procedure", "procedure=renewal&office=nowhere": "office",
                        f"procedure={urllib.parse.quote(EVIL)}": "procedure", f"procedure=renewal&office={urllib.parse.quote(EVIL)}": "office"}.items():
        page = visitor.get(f"/appointment?{query}")
        tap.check(page.status == 200 and page.json()["question"]["name"] == name, f"asked again: {query[:40]}", page.text)
        html = visitor.get(f"/appointment?{query}", Accept="text/html").text
        tap.check("<script" not in html and "{{" not in html, "and not repeated", html)
    for date in ("2026-12-11", "2026-12-07", "2020-01-01"):
        page = visitor.get(f"/appointment?procedure=renewal&office=hojo&date={date}").json()
        tap.check("refused" in page and page["form"]["starts"], f"a day without times, {date}: the next free ones", page)
    for date in ("2027-12-30", "9999-12-31"):
        page = visitor.get(f"/appointment?procedure=renewal&office=hojo&date={date}").json()
        tap.check("refused" in page and page["form"]["starts"][0]["time"] == at("2026-12-01", "13:00"), f"a day too far, {date}: the first free ones", page)
    month = visitor.get("/appointment?procedure=renewal&office=hojo&from=2020-01-01").json()["month"]
    tap.check(month["days"][0]["date"] == "2026-12-01" and "before_url" not in month, "no day that has passed is looked at", month)
    for date in ("x", "2026-02-30", "0000-00-00", EVIL, "1" * 3000):
        page = visitor.get("/appointment?procedure=renewal&office=hojo&date=" + urllib.parse.quote(date)).json()
        tap.check("form" not in page and page["month"]["days"], f"a day that is none: {date[:10]}", page)
    guide = "/guide?who=holder&represented=no&what={}&kind=both&pin=known&card=yes"
    tap.check("procedure=renewal" in visitor.get(guide.format("renewal")).json()["result"]["appointment_url"], "the guide leads here", visitor.text)
    tap.check("appointment_url" not in visitor.get("/guide?who=holder&represented=no&what=hold").json()["result"], "not from what is told by telephone", visitor.text)
    html = visitor.get("/appointment", **{"Accept": "text/html", "Accept-Language": "ja"})
    tap.check("予約がなくても受け付けます" in html.text, "S18: nobody needs one", html.text)
    tap.check(html.headers["Cache-Control"] == "no-store" and "script" not in html.headers["Content-Security-Policy"], "kept nowhere, no script", html.headers)


def test_book():
    visitor, form = somebody()
    token = visitor.get("/appointment?procedure=renewal&office=hojo&date=2026-12-03").json()["form"]["once"]
    other = visitor.get("/appointment?procedure=renewal&office=hojo&date=2026-12-03").json()["form"]["once"]
    tap.check(re.fullmatch("[0-9a-f]{32}", token) and token != other, "each form is another", token)
    form |= {"once": token, "note": "車いす", "telephone": "０９０ー１２３４（５６７８）", "year": "５５"}
    told = visitor.post("/appointment?lang=en", form)
    answer = told.json()
    number, code = answer["number"], answer["code"]
    codes.append(code)
    tap.check(told.status == 200 and answer["at"] == "09:00" and answer["office"] == "hojo" and answer["state"] == "booked", "booked", told.text)
    row = database(f"SELECT name, birth_date, telephone, note FROM appointment WHERE number = {number}")[0]
    tap.check(row == (form["name"], 19800401, "090-12345678", "車いす"), "full width was understood, and the era", row)
    tap.check(told.headers["Cache-Control"] == "no-store" and not told.headers["Location"], "the code is kept nowhere", told.headers)
    before = count()
    again = visitor.post("/appointment?lang=ja", form)
    tap.check(again.json()["number"] == number and again.json()["code"] == code and count() == before, "the same form once more books nothing more", again.text)
    html = visitor.post("/appointment?lang=ja", form, Accept="text/html")
    tap.check(f"{code[:5]}-{code[5:]}" in html.text and "2026年12月3日（木）" in html.text, "and says the same", html.text)
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', html.text)
    tap.check(addresses and not any(code in address or code[:5] in address for address in addresses), "the code is in no address", addresses)
    bring = visitor.get(answer["bring_url"]).json()
    tap.check(bring["question"]["name"] == "who", "it leads to what to bring", bring)
    changed = visitor.post("/appointment", form | {"name": "別人", "time": at("2026-12-03", "09:15")})
    codes.append(changed.json()["code"])
    tap.check(changed.status == 200 and changed.json()["number"] != number, "a form that was changed is another one", changed.text)


FAULTS = {
    "name": ["", "a" * 201, "𠮷" * 201, "a" * 1100, "見本\n花子", "見本\0花子", "見本\u202e花子", "\x07"],
    "telephone": ["", "37-5866", "1" * 16, "電話", "090-1234-5678;rm", "1" * 2000, EVIL],
    "note": ["a" * 201, "x" * 2000, "a\nb", "a\u200bb"],
    "time": ["", "x", "-1", "1" * 30, EVIL],
}
NO_BIRTH_DATE = [{"year": ""}, {"month": 13}, {"day": 32}, {"month": 2, "day": 30}, {"era": "nothing"}, {"era": ""}, {"year": "x"}, {"year": 10000},
                 {"year": 0}, {"era": "western", "year": 0}, {"year": EVIL}, {"era": EVIL}, {"year": "1" * 40}, {"era": "nothing", "month": 0, "day": 0}]


def test_faults():
    """What was typed and cannot be asked for: commit hears nothing, the rest is kept."""
    before = count()
    visitor = Visitor(service)
    for name, values in FAULTS.items():
        for value in values:
            told = visitor.post("/appointment", wish(**{name: value}))
            form = told.json()["form"]
            tap.check(told.status == 400 and f"{name}-fault" in form and len([key for key in form if key.endswith("-fault")]) == 1,
                      f"{name}: {value[:12]!r} is none", told.text)
            tap.check(form["name"] == (wish()["name"] if name != "name" else form["name"]) and form["year"] == "55", "the rest is kept", told.text)
    for fields in NO_BIRTH_DATE:
        told = visitor.post("/appointment", wish(**fields))
        tap.check(told.status == 400 and "birth-date-fault" in told.json()["form"], f"birth date: {str(fields)[:30]} is none", told.text)
    told = visitor.post("/appointment", {})
    tap.check(told.status == 400 and told.json()["question"]["name"] == "procedure", "nothing at all: from the start", told.text)
    for era, year in (("western", 1955), ("taisho", 14), ("heisei", 1), ("reiwa", 2)):
        told = visitor.post("/appointment", wish(era=era, year=year, telephone=""))
        tap.check(set(key for key in told.json()["form"] if key.endswith("-fault")) == {"telephone-fault"}, f"{era} {year} is a year", told.text)
    told = visitor.post("/appointment", wish(telephone="") | {"form": EVIL, "x": EVIL})
    tap.check("<script" not in visitor.post("/appointment", wish(telephone="") | {"form": EVIL, "x": EVIL}, Accept="text/html").text, "nothing else is repeated")
    tap.check(count() == before, "nothing was booked", count())


def test_texts():
    """What somebody typed comes back as text, on every page that shows it."""
    visitor = Visitor(service)
    for name in ("name", "year", "month", "day", "telephone", "note"):
        html = visitor.post("/appointment", wish(telephone="") | {name: EVIL}, Accept="text/html")
        tap.check(html.status == 400 and "<script" not in html.text and "&lt;script&gt;alert(1)&lt;/script&gt;&amp;{{page}}" in html.text, f"{name}: text stays text", html.text)
    for name in ("office", "procedure", "era", "once", "time"):
        html = visitor.post("/appointment", wish(telephone="") | {name: EVIL}, Accept="text/html")
        tap.check("<script" not in html.text and "{{" not in html.text, f"{name}: nothing is repeated", html.text)
    for name in ("number", "code"):
        html = visitor.post("/appointment/change", {"number": "12345678", "code": "A" * 10} | {name: EVIL}, Accept="text/html")
        tap.check(html.status == 400 and "<script" not in html.text and "{{page}}" in html.text, f"{name} too", html.text)
    _, number, _ = booked(note="𠮷" + EVIL, time=at("2026-12-04", "09:00"))
    tap.check(database(f"SELECT note FROM appointment WHERE number = {number}")[0][0] == "𠮷" + EVIL, "and what is text is kept as it is")


REFUSED = {
    "past": {"time": at("2026-12-01", "08:00")},
    "too-far": {"time": at("2027-02-04", "09:00")},
    "closed-day": {"time": at("2026-12-11", "09:00")},
    "outside-hours": {"time": at("2026-12-03", "12:00")},
    "no-start": {"time": at("2026-12-03", "10:05")},
    "no-such-office": {"office": "nowhere"},
    "not-by-appointment": {"procedure": "hold"},
    "name": {"name": "　 "},
    "birth-date": {"era": "western", "year": 2026, "month": 12, "day": 2},
}
EASY = {"past": "すぎました", "full": "いっぱい", "most": "3つまで", "wrong-code": "ちがいます", "by-telephone": "電話してください", "begun": "すぎました",
        "cancelled": "やめてあります", "closed-day": "休み", "too-fast": "待ってから"}


def refused(code, told, kept=""):
    data = told.json()
    tap.check(told.status == 409 and data["reason"] == code and data["refused"] and kept in told.text, f"refused: {code}", told.text)
    return data


def test_refusals():
    before = count()
    for code, fields in REFUSED.items():
        visitor, form = somebody()
        told = visitor.post("/appointment", form | {"time": at("2026-12-03", "16:00")} | fields)
        data = refused(code, told)
        if code in ("no-such-office", "not-by-appointment"):
            tap.check("question" in data, "and what can be chosen instead", data)
        else:
            tap.check(data["form"]["starts"] and data["form"]["telephone"] == "090-1234-5678", "with times that are free, and what was typed", data)
        for language, text in (("ja", None), ("ja-easy", EASY.get(code))):
            html = visitor.post(f"/appointment?lang={language}", form | {"time": at("2026-12-03", "16:00")} | fields, Accept="text/html").text
            tap.check('role="alert"' in html and (text or "") in html, f"{code}: in {language}", html)
    tap.check(count() == before, "nothing was booked", count())
    for _ in range(4):
        booked(office="hojo", time=at("2026-12-02", ("09:00", "09:15", "09:30", "09:45")[_]))
    visitor, form = somebody(office="hojo", time=at("2026-12-02", "09:00"))
    data = refused("full", visitor.post("/appointment", form), form["name"])
    tap.check(data["form"]["starts"][0]["time"] == at("2026-12-03", "09:30"), "full: the next free times, of another day", data)
    name = "三度 予約"
    for minute in ("13:00", "13:15", "13:30"):
        codes.append(Visitor(service, "127.3.0.1").post("/appointment", wish(name=name, time=at("2026-12-03", minute))).json()["code"])
    refused("most", Visitor(service, "127.3.0.1").post("/appointment", wish(name=name, time=at("2026-12-03", "13:45"))), name)


def test_two_browsers():
    """One place, many who press at the same moment: one has it, all others are offered others."""
    visitors = [somebody(time=at("2026-12-10", "09:00")) for _ in range(8)]
    threads = [threading.Thread(target=visitor.post, args=("/appointment", form)) for visitor, form in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [visitor for visitor, _ in visitors if visitor.status == 200]
    lost = [visitor for visitor, _ in visitors if visitor.status == 409]
    tap.check(len(done) == 1 and len(lost) == 7 and all(visitor.json()["reason"] == "full" for visitor in lost), "one place, one booking",
              [visitor.text for visitor, _ in visitors])
    codes.append(done[0].json()["code"])
    tap.check(database(f"SELECT COUNT(*) FROM appointment WHERE begins = {at('2026-12-10', '09:00')}")[0][0] == 1, "in the database too")
    visitor, form = somebody(time=at("2026-12-10", "10:00"))
    form["once"] = "0f" * 16
    finger = [Visitor(service, visitor.address) for _ in range(16)]
    threads = [threading.Thread(target=one.post, args=("/appointment", form)) for one in finger]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes.append(finger[0].json()["code"])
    tap.check(len({one.json().get("number") for one in finger}) == 1, "a finger that presses many times books once", [one.text for one in finger])


def test_change():
    visitor, number, code = booked(time=at("2026-12-17", "09:00"))
    key = {"number": number, "code": code}
    for typed in (code, code.lower(), f"{code[:5]}-{code[5:]}", "".join(chr(ord(letter) + 0xfee0) for letter in code), f" {code} ",
                  code.replace("0", "O").replace("1", "I").replace("5", "S").replace("2", "Z")):
        told = visitor.post("/appointment/change", {"number": f" {number}", "code": typed})
        tap.check(told.status == 200 and told.json()["number"] == number and told.json()["at"] == "09:00", f"shown, typed as {typed!r}", told.text)
    tap.check("name" not in told.json() and "telephone" not in told.json(), "nothing of the person", told.text)
    tap.check(told.json()["move"]["starts"] and told.json()["move"]["month"]["days"], "with where it could go", told.text)
    other = visitor.post("/appointment/change", key | {"office": "daiei", "date": "2026-12-16"}).json()["move"]
    tap.check(other["office"] == "daiei" and other["starts"][0]["time"] == at("2026-12-16", "09:00"), "at another office, on another day", other)
    moved = visitor.post("/appointment/move", key | {"office": "daiei", "time": at("2026-12-16", "09:15")})
    tap.check(moved.status == 200 and moved.json()["office"] == "daiei" and moved.json()["at"] == "09:15" and "notice" in moved.json(), "moved", moved.text)
    tap.check(moved.json()["number"] == number and moved.json()["changes"] == 1, "number and code stay", moved.text)
    for reason, fields in {"past": {"time": at("2026-12-01", "08:00")}, "closed-day": {"time": at("2026-12-10", "09:00")},
                           "no-such-office": {"office": "nowhere", "time": at("2026-12-16", "10:00")}}.items():
        data = refused(reason, visitor.post("/appointment/move", key | fields))
        tap.check(data["at"] == "09:15" and data["is_open"], "it stays where it is", data)
    booked(time=at("2026-12-17", "10:00"))
    refused("full", visitor.post("/appointment/move", key | {"office": "hojo", "time": at("2026-12-17", "10:00")}))
    tap.check(visitor.post("/appointment/move", key).status == 400, "no time was chosen", visitor.text)
    test_calendar(visitor, key)
    ended = visitor.post("/appointment/cancel", key)
    tap.check(ended.status == 200 and ended.json()["state"] == "cancelled" and "move" not in ended.json() and not ended.json()["is_open"], "cancelled", ended.text)
    refused("cancelled", visitor.post("/appointment/cancel", key))
    refused("cancelled", visitor.post("/appointment/move", key | {"time": at("2026-12-17", "11:00")}))
    tap.check("STATUS:CANCELLED" in visitor.post("/appointment/calendar", key).text, "a calendar is told so", visitor.text)
    html = visitor.post("/appointment/change", key, Accept="text/html").text
    tap.check(code not in " ".join(re.findall(r'(?:href|action|src)="([^"]*)"', html)), "the code is in no address", html)


def test_calendar(visitor, key):
    told = visitor.post("/appointment/calendar?lang=ja", key)
    lines = told.text.replace("\r\n ", "").split("\r\n")
    tap.check(told.headers["Content-Type"] == "text/calendar; charset=utf-8" and told.headers["Cache-Control"] == "no-store"
              and told.headers["Content-Disposition"] == f'attachment; filename="appointment-{key["number"]}.ics"', "a calendar's file", told.headers)
    tap.check({f"UID:{key['number']}@town.example", "DTSTART:20261216T001500Z", "DTEND:20261216T003000Z", "SEQUENCE:1", "STATUS:CONFIRMED",
               "SUMMARY:窓口の予約: 更新"} <= set(lines), "with its time and place", lines)
    tap.check(key["code"] not in told.text and "見本 " not in told.text, "neither code nor name", told.text)
    tap.check(f"{URL}/appointment/change" in told.text.replace("\r\n ", ""), "and the address to change it", told.text)
    tap.check(visitor.post("/appointment/calendar", key | {"code": "A" * 10}).status == 409, "not without the code", visitor.text)


def test_codes():
    """Guesses are counted, and nobody learns which numbers there are."""
    _, number, code = booked(time=at("2026-12-24", "09:00"))
    guesser = Visitor(service, "127.4.0.1")
    told = {name: guesser.post("/appointment/change", {"number": one, "code": "A" * 10})
            and re.sub(r"[0-9a-f]{32}|\d{8}", "", guesser.text) for name, one in (("there", number), ("nowhere", 12345678))}
    tap.check(told["there"] == told["nowhere"] and guesser.status == 409, "a wrong code is refused as a wrong number", told)
    for form in ({}, {"number": number}, {"code": code}, {"number": "x", "code": code}, {"number": number, "code": "short"}, {"number": "-1", "code": code},
                 {"number": "1" * 40, "code": code}, {"number": number, "code": "a" * 3000}):
        for path in ("/appointment/change", "/appointment/cancel", "/appointment/calendar"):
            tap.check(guesser.post(path, form).status in (400, 409), f"{path}: {str(form)[:40]}", guesser.text)
    guesser = Visitor(service, "127.4.0.2")
    for _ in range(4):
        guesser.post("/appointment/cancel", {"number": number, "code": "B" * 10})
    refused("by-telephone", guesser.post("/appointment/change", {"number": number, "code": code}))
    html = guesser.post("/appointment/change?lang=ja", {"number": number, "code": code}, Accept="text/html").text
    tap.check("お電話で" in html and "大栄庁舎" in html, "after five it is changed by telephone, which stands there", html)


def test_pace():
    """So many from one address, then one after the other: others are not in their way."""
    guesser = Visitor(service, "127.5.0.1")
    statuses = [guesser.post("/appointment/change", {"number": 10000000 + guess, "code": "A" * 10}).status for guess in range(12)]
    tap.check(statuses == [409] * 10 + [429] * 2, "ten wrong codes, then none is looked at", statuses)
    tap.check(1 <= int(guesser.headers["Retry-After"]) <= 60 and guesser.json()["reason"] == "too-fast", "it says when to try again", f"{guesser.headers} {guesser.text}")
    visitor, number, code = booked(time=at("2026-12-24", "10:00"))
    tap.check(guesser.post("/appointment/change", {"number": number, "code": code}).status == 429, "not even a right one", guesser.text)
    tap.check(visitor.post("/appointment/change", {"number": number, "code": code}).status == 200, "who is elsewhere goes on", visitor.text)
    many = Visitor(service, "127.5.0.2")
    form = wish(time=at("2026-12-24", "10:00"))
    statuses = [many.post("/appointment", form | {"name": f"混雑 {number}"}).status for number in range(22)]
    tap.check(statuses == [409] * 20 + [429] * 2, "twenty bookings, then none is asked for", statuses)
    tap.check(int(many.headers["Retry-After"]) >= 1 and many.json()["form"]["name"] == "混雑 21", "what was typed is kept", many.text)
    html = many.post("/appointment?lang=ja-easy", form, Accept="text/html")
    tap.check(html.status == 429 and EASY["too-fast"] in html.text, "in the visitor's language", html.text)
    tap.check(many.get("/appointment?procedure=renewal&office=hojo&date=2026-12-24").status == 200, "looking goes on", many.text)
    tap.check(many.post("/appointment", form | {"telephone": ""}).status == 400, "so does correcting a form", many.text)


def guess(visitor, forwarded, num):
    return [visitor.post("/appointment/change", {"number": 20000000, "code": "A" * 10}, **{"X-Forwarded-For": forwarded}).status for _ in range(num)]


def test_forwarded():
    """Behind a server that does TLS the last address that it names counts; without one, nobody's word does."""
    proxy = Visitor(service, "127.6.0.1")
    tap.check(guess(proxy, "203.0.113.9, 198.51.100.7", 11) == [409] * 10 + [429], "who is behind the server in front is counted")
    tap.check(guess(proxy, "203.0.113.10, 198.51.100.7", 1) == [429] and guess(proxy, "198.51.100.7, 203.0.113.9", 1) == [409], "by the last address")
    tap.check(guess(proxy, "2001:db8:1:2::1", 10) == [409] * 10 and guess(proxy, "2001:db8:1:2:ffff::9", 1) == [429]
              and guess(proxy, "2001:db8:1:3::1", 1) == [409], "of IPv6, by its first 64 bits")
    for word in ("unknown", EVIL, "", "1.2.3.4.5"):
        told = guess(proxy, word, 1)
        tap.check(told == [409], f"what is no address is passed over: {word[:8]!r}", told)
    tap.check(guess(proxy, "unknown", 7) == [409] * 6 + [429], "and the server's own counts")
    with jpkid.Service(DATA + "-plain", "--web", "127.0.0.1:0", "--clock", CLOCK) as plain:
        told = [guess(Visitor(plain, "127.6.0.2"), f"198.51.100.{number}", 1)[0] for number in range(11)]
        tap.check(told == [409] * 10 + [429], "without a server in front no header counts", told)


def test_foreign_forms():
    before = count()
    visitor, form = somebody(time=at("2026-12-18", "09:00"))
    for path in ("/appointment", "/appointment/change", "/appointment/move", "/appointment/cancel", "/appointment/calendar"):
        for name, headers in {"another site": {"Sec-Fetch-Site": "cross-site"}, "a site beside": {"Sec-Fetch-Site": "same-site"},
                              "another origin": {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
                              "an origin hidden": {"Sec-Fetch-Site": None, "Origin": "null"}, "nothing said": {"Sec-Fetch-Site": None, "Origin": None}}.items():
            tap.check(visitor.post(path, form, **headers).status == 403, f"{path}: a form from {name}", visitor.text)
        tap.check(visitor.post(path, form, **{"Content-Type": "application/json"}).status == 415, f"{path}: of another type", visitor.text)
    tap.check(visitor.post("/appointment", form, **{"Sec-Fetch-Site": None, "Origin": URL}).status == 200, "its own origin is enough", visitor.text)
    codes.append(visitor.json()["code"])
    tap.check(count() == before + 1, "nothing else was booked", count())
    for path in ("/appointment/move", "/appointment/cancel", "/appointment/calendar", "/appointment/", "/appointmentx", "/appointment/change/"):
        tap.check(visitor.get(path).status == 404, f"{path} is no page", visitor.text)
    tap.check(visitor.post("/appointment/nothing", form).status == 404, "nor is anything posted to it", visitor.text)


def clerk_of(name):
    clerk = Visitor(service)
    with acts.Connection(service.acts) as connection:
        clerk.post("/staff/login", {"code": connection.ask("login-code", name)["answer"]["login_code"]})
    return clerk


STAFF_PAGES = ["/staff/appointments", "/staff/caller", "/staff/caller?name=a", "/staff/appointment?number=1", "/staff/book"]


def test_strangers():
    stranger, before = Visitor(service), count()
    _, number, _ = booked(time=at("2026-12-24", "13:00"))
    for path in STAFF_PAGES:
        tap.check(stranger.get(path).status == 303 and stranger.headers["Location"].startswith("/staff/login?"), f"{path} is for who has logged in", stranger.text)
    for path, form in {"/staff/book": wish(time=at("2026-12-24", "14:00")), "/staff/cancel": {"number": number},
                       "/staff/move": {"number": number, "time": at("2026-12-24", "15:00")}}.items():
        stranger.post(path, form)
        tap.check(stranger.status == 303 and stranger.headers["Location"].startswith("/staff/login?"), f"{path} too", stranger.text)
    tap.check(database(f"SELECT begins, state FROM appointment WHERE number = {number}") == [(at("2026-12-24", "13:00"), 0)] and count() == before + 1, "nothing was changed")


def test_clerk():
    clerk = clerk_of("daiei1")
    day = "2026-12-23"
    page = clerk.get(f"/staff/appointments?office=daiei&date={day}").json()
    tap.check(page["appointments"] == [] and page["is_taken"] and page["staff"]["name"] == "daiei1", "a day without appointments", page)
    walk = clerk.get(page["book_url"]).json()
    walk = clerk.get({choice["word"]: choice["url"] for choice in walk["question"]["choices"]}["new"]).json()
    walk = clerk.get({choice["word"]: choice["url"] for choice in walk["question"]["choices"]}["daiei"]).json()
    form = clerk.get({one["date"]: one["url"] for one in walk["month"]["days"]}[day]).json()["form"]
    tap.check(form["book_url"].startswith("/staff/book?") and form["starts"], "the same walk leads to a time", form)
    caller = wish(office="daiei", procedure="new", time=form["starts"][0]["time"], name="電話 𠮷子" + EVIL, note="耳が遠い" + EVIL)
    clerk.post("/staff/book", caller | {"telephone": "x"})
    tap.check(clerk.status == 400 and "telephone-fault" in clerk.json()["form"] and clerk.json()["form"]["name"] == caller["name"], "what cannot be asked for is not", clerk.text)
    clerk.post("/staff/book", caller)
    tap.check(clerk.status == 303 and clerk.headers["Location"].startswith("/staff/appointment?number="), "booked for a caller", clerk.text)
    address = clerk.headers["Location"]
    shown = clerk.get(address).json()
    number = shown["number"]
    tap.check(shown["name"] == caller["name"] and shown["telephone"] == "090-1234-5678" and shown["birth_date"] == "1980-04-01"
              and shown["booked_by"] == "daiei1" and "code" not in shown, "with who comes, and no code", shown)
    for minute in ("09:15", "09:00"):
        booked(office="daiei", time=at(day, minute))
    rows = clerk.get(f"/staff/appointments?office=daiei&date={day}").json()["appointments"]
    tap.check([row["at"] for row in rows] == ["09:00", "09:00", "09:15"] and number in [row["number"] for row in rows]
              and all(row["telephone"] and row["name"] and row["procedure_text"] for row in rows), "the day, in its order", rows)
    for path in (f"/staff/appointments?office=daiei&date={day}", address, f"/staff/caller?number={number}", "/staff/caller?" + urllib.parse.urlencode({"name": EVIL})):
        html = clerk.get(path, Accept="text/html")
        tap.check(html.status == 200 and "<script" not in html.text, f"{path[:40]}: text stays text", html.text)
    check_found(clerk, number, caller)
    check_changed(clerk, number)


def check_found(clerk, number, caller):
    for query in ({"number": number}, {"name": caller["name"], "birth_date": "1980-04-01"}, {"name": caller["name"].replace(" ", "")}):
        found = clerk.get("/staff/caller?" + urllib.parse.urlencode(query)).json()
        tap.check([row["number"] for row in found["appointments"]] == [number], f"found by {' and '.join(query)}", found)
    for query in ({"name": "誰でもない"}, {"number": 12345678}, {"name": caller["name"], "birth_date": "1999-09-09"}):
        found = clerk.get("/staff/caller?" + urllib.parse.urlencode(query))
        tap.check(found.status == 200 and found.json()["appointments"] == [] and found.json()["is_asked"], f"nobody by {query}", found.text)
    for query in ({"number": "x"}, {"birth_date": "yesterday"}, {"number": "9" * 30}):
        tap.check(clerk.get("/staff/caller?" + urllib.parse.urlencode(query)).status == 400, f"not understood: {query}", clerk.text)
    for query in ({}, {"name": ""}, {"name": "a\nb"}, {"name": "a" * 201}):
        found = clerk.get("/staff/caller?" + urllib.parse.urlencode(query))
        tap.check(found.status == 200 and not found.json()["is_asked"], f"nothing asked: {str(query)[:20]}", found.text)


def check_changed(clerk, number):
    move = clerk.get(f"/staff/appointment?number={number}&office=daiei&date=2026-12-16").json()["move"]
    tap.check(move["starts"][0]["time"] >= at("2026-12-16", "09:00") and move["office"] == "daiei", "where else it could go", move)
    clerk.post("/staff/move", {"number": number, "office": "daiei", "time": at("2026-12-16", "13:00")})
    moved = clerk.get(clerk.headers["Location"]).json()
    tap.check(moved["date"] == "2026-12-16" and moved["at"] == "13:00", "moved", moved)
    tap.check(clerk.post("/staff/move", {"number": number, "time": at("2026-12-11", "13:00")}).status == 409, "not to a closed day", clerk.text)
    for form in ({}, {"number": "x"}, {"number": number, "time": EVIL}):
        tap.check(clerk.post("/staff/move", form).status == 400, f"not understood: {str(form)[:30]}", clerk.text)
    foreign = clerk.post("/staff/cancel", {"number": number}, **{"Sec-Fetch-Site": "cross-site"})
    tap.check(foreign.status == 403, "no form from elsewhere cancels", foreign.text)
    tap.check(clerk.get("/staff/cancel").status == 404, "nor an address", clerk.text)
    clerk.post("/staff/cancel", {"number": number})
    ended = clerk.get(clerk.headers["Location"]).json()
    tap.check(ended["state"] == "cancelled" and not ended["is_open"], "cancelled", ended)
    tap.check(clerk.post("/staff/cancel", {"number": number}).status == 409, "once", clerk.text)
    tap.check(clerk.get("/staff/appointment?number=12345678").status == 409 and clerk.json()["code"] == "no-appointment", "no such number", clerk.text)
    for query in ("office=nowhere", "date=x", "office=" + urllib.parse.quote(EVIL), "date=9999-12-31", "date=0001-01-01"):
        page = clerk.get(f"/staff/appointments?{query}")
        tap.check(page.status == 200 and page.json()["appointments"] == [], f"a day: {query[:20]}", page.text)


def test_begun():
    """Its time has come: it is shown, and not changed any more."""
    visitor, number, code = booked(office="hojo", time=at("2026-12-01", "13:00"))
    with acts.Connection(service.acts) as connection:
        connection.ask("clock", "admin1", time=at("2026-12-01", "13:05"))
    key = {"number": number, "code": code}
    shown = visitor.post("/appointment/change", key).json()
    tap.check(shown["at"] == "13:00" and not shown["is_open"] and "move" not in shown, "shown still", shown)
    refused("begun", visitor.post("/appointment/cancel", key))


def test_secrets():
    """No code is in the log or the database."""
    said = service.said() + service.logged()
    tap.check(len(codes) > 10 and not any(code in said for code in codes), "no code is in the log")
    kept = b""
    for name in os.listdir(f"{DATA}/database"):
        with open(f"{DATA}/database/{name}", "rb") as file:
            kept += file.read()
    tap.check(not any(code.encode() in kept for code in codes), "nor in the database")


def test_without():
    """A town that takes none: the page says how it is, and nothing leads there."""
    os.remove(f"{DATA}/etc/appointments")
    with jpkid.Service(DATA, "--web", "127.0.0.1:0", "--web-url", URL) as plain:
        visitor = Visitor(plain)
        page = visitor.get("/appointment", Accept="text/html", **{"Accept-Language": "ja"})
        tap.check(page.status == 200 and "電話で予約できます" in page.text and "大栄庁舎" in page.text and "<form" not in page.text, "without appointments: by telephone", page.text)
        tap.check("appointment" not in visitor.get("/").text, "home leads nowhere", visitor.text)
        guide = visitor.get("/guide?who=holder&represented=no&what=renewal&kind=both&pin=known&card=yes")
        tap.check("appointment" not in guide.text, "nor does the guide", guide.text)
        told = visitor.post("/appointment", wish())
        tap.check(told.status == 409 and told.json()["reason"] == "no-appointments", "and a form is refused", told.text)


def make_town():
    shutil.copytree(f"{jpkid.SOURCE}/etc", ETC)
    with open(f"{ETC}/appointments", "w") as file:
        file.write(TOWN)
    return max(jpkid.run("init", "--data", data, "--sample", "--etc", ETC, "--clock", CLOCK) for data in (DATA, DATA + "-plain"))


try:
    status, errors = make_town()
    tap.check(status == 0, "init", errors)
    with jpkid.Service(DATA, "--web", "127.0.0.1:0", "--web-url", URL, "--clock", CLOCK) as service:
        tap.check(service.is_ready, "serves", service.said())
        test_walk()
        test_book()
        test_faults()
        test_texts()
        test_refusals()
        test_two_browsers()
        test_change()
        test_codes()
        test_pace()
        test_forwarded()
        test_foreign_forms()
        test_strangers()
        test_clerk()
        test_begun()
        test_secrets()
    test_without()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
