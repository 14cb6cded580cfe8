#!/usr/bin/python3
"""The auditor's pages: the journal searched, shown, verified, saved; figures; each search is an entry itself; an auditor's
session reads and does nothing else, and nobody else has these pages."""
import csv
import io
import json
import os
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import acts  # noqa: E402
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402
from visitor import Visitor  # noqa: E402

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-audit-")
DATA = f"{folder}/data"
CLOCK = "2026-12-01T01:00:00Z"


def check(name, condition):
    return tap.check(condition, name)


def equal(name, got, wanted):
    tap.check(got == wanted, name, f"{got!r}, not {wanted!r}")


def ask(act, who, **fields):
    with acts.Connection(f"{DATA}/run/acts.sock") as connection:
        return connection.ask(act, who, **fields)


def log_in(name):
    visitor = Visitor(service)
    visitor.post("/staff/login", {"code": ask("login-code", name)["answer"]["login_code"]})
    return visitor


def numbers(visitor, query=""):
    return [row["number"] for row in visitor.get(f"/staff/audit?{query}").json()["entries"]]


def make_some():
    """An application that goes on, one that is closed, and things that are refused."""
    opened = ask("application-open", "daiei1", procedure="new", resident=1001, applicant="holder", kinds="both", pin="never-set")
    ask("step", "daiei1", number=opened["answer"]["number"], step="papers")
    other = ask("application-open", "daiei1", procedure="revoke", resident=1002, applicant="holder", kinds="both")
    ask("application-close", "daiei1", number=other["answer"]["number"], note="=SUM(1)")
    ask("application-open", "daiei1", procedure="new", resident=4711, applicant="holder", kinds="both")
    ask("application-show", "daiei1", number=4711)


def search(auditor):
    found = numbers(auditor, "entry=application-open:done&actor=daiei1")
    equal("two were opened", len(found), 2)
    equal("the newest comes first", found, sorted(found, reverse=True))
    equal("by outcome", len(numbers(auditor, "entry=application-close")), 1)
    equal("of nobody", numbers(auditor, "actor=daiei9"), [])
    check("of this day", len(numbers(auditor, "from=2026-12-01")) > 5)
    equal("of the day before", numbers(auditor, "from=2026-11-30"), [])
    check("of a range", len(numbers(auditor, "from=2026-11-01&to=2026-12-01")) > 5)
    for bad in ("from=2026-02-30", "from=2026-12-02&to=2026-12-01", "to=2026-12-01", "from=x"):
        equal(f"{bad} is no range", auditor.get(f"/staff/audit?{bad}").status, 400)
    before = ask("status", "admin1")["answer"]["journal"]
    auditor.get("/staff/audit?entry=event")
    equal("a search is an entry", ask("status", "admin1")["answer"]["journal"], before + 1)
    page = auditor.get(f"/staff/audit/entry?number={found[0]}").json()
    equal("an entry is shown", (page["entry"]["act"], page["entry"]["outcome"], page["entry"]["actor"]), ("application-open", "done", "daiei1"))
    check("with what was asked", {"name": "fields.procedure", "text": "revoke"} in page["facts"])
    check("on the page", "fields.procedure" in auditor.get(f"/staff/audit/entry?number={found[0]}", Accept="text/html").text)
    equal("none of that number", auditor.get("/staff/audit/entry?number=99999").status, 409)
    equal("nor of no number", auditor.get("/staff/audit/entry?number=x").status, 400)


def pages(auditor):
    for _ in range(120):
        ask("application-list", "daiei1", resident=1001)
    seen, path = [], "/staff/audit?entry=application-list"
    while path:
        data = auditor.get(path).json()
        seen += [row["number"] for row in data["entries"]]
        path = data.get("more_url")
    equal("through pages each is seen once", (len(seen), len(set(seen))), (120, 120))


def save(auditor):
    rows = list(csv.reader(io.StringIO(auditor.get("/staff/audit/export?format=csv&entry=application-").text)))
    equal("CSV has its columns", rows[0], ["number", "time", "act", "outcome", "actor", "role", "second"])
    check("and all rows", len(rows) > 120)
    equal("it is a file", auditor.headers["Content-Disposition"], 'attachment; filename="journal.csv"')
    lines = [json.loads(line) for line in auditor.get("/staff/audit/export?format=jsonl&entry=application-").text.splitlines()]
    equal("JSON lines say the same", [str(row["number"]) for row in lines], [row[0] for row in rows[1:]])
    entry = ask("journal-find", "auditor1", entry="journal-find:done", limit=1)["answer"]["entries"][0]
    shown = ask("journal-show", "auditor1", number=entry["number"])["answer"]["entry"]["data"]
    equal("a file is an entry that says so", shown["fields"]["note"], "export jsonl")
    equal("no other format", auditor.get("/staff/audit/export?format=xml").status, 400)


def verify(auditor):
    for _ in range(5):  # the service writes entries of its own in between
        data = auditor.get("/staff/audit/chain").json()
        head = ask("status", "admin1")["answer"]["head"]
        if data["head"] == head:
            break
    check("the chain holds", data["good"] and data["last"] > 100 and "more_url" not in data)
    equal("its head is the journal's", data["head"], head)
    check("from the middle too", auditor.get("/staff/audit/chain?from=50").json()["good"])
    equal("from nowhere", auditor.get("/staff/audit/chain?from=0").status, 400)


def count(auditor):
    data = auditor.get("/staff/audit/figures").json()
    rows = {row["procedure"]: row for row in data["procedures"]}
    equal("figures by procedure", {name: (row["opened"], row["closed"]) for name, row in rows.items()}, {"new": (1, 0), "revoke": (1, 1)})
    reasons = {row["reason"]: row["count"] for row in data["refusals"]}
    check("refusals by reason", reasons.get("application-show:no-application") == 1 or any(name.startswith("application-") for name in reasons))
    equal("six months", [bar["month"] for bar in data["opened_plot"]["bars"]], ["2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12"])
    equal("the highest bar is this month's", [bar["value"] for bar in data["opened_plot"]["bars"]], [0, 0, 0, 0, 0, 2])
    text = auditor.get("/staff/audit/figures", Accept="text/html").text
    check("plots of the server's, without style", "<svg" in text and "style=" not in text and "<script" not in text)


def refuse(auditor):
    equal("an auditor begins at the journal", (auditor.get("/staff").status, auditor.headers["Location"].split("?")[0]), (303, "/staff/audit"))
    for path in ("/staff/residents?q=1001", "/staff/resident?resident=1001", "/staff/application?number=1", "/staff/intake?resident=1001"):
        equal(f"no {path}", (auditor.get(path).status, auditor.json().get("code")), (409, "role"))
    equal("and opens nothing", auditor.post("/staff/step", {"number": 1, "step": "papers"}).json().get("code"), "role")
    clerk = log_in("daiei1")
    for path in ("/staff/audit", "/staff/audit/entry?number=1", "/staff/audit/chain", "/staff/audit/export?format=csv", "/staff/audit/figures"):
        equal(f"a clerk has no {path}", (clerk.get(path).status, clerk.json().get("code")), (409, "role"))
        equal(f"nor a stranger {path}", Visitor(service).get(path).status, 303)
    check("an administrator has no session", "not-by-pages" in str(ask("session-begin", "admin1", login_code="x")) or log_in("admin1").get("/staff").status == 303)
    check("the clerk's pages do not lead there", "/staff/audit" not in clerk.get("/staff", Accept="text/html").text)


def break_chain():
    with sqlite3.connect(f"{DATA}/database/jpki.db") as connection:
        connection.execute("DROP TRIGGER IF EXISTS journal_no_update")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE journal SET actor = 'daiei2' WHERE sequence = 60")


try:
    jpkid.run("init", "--data", DATA, "--sample", "--etc", f"{jpkid.SOURCE}/etc", "--clock", CLOCK)
    with jpkid.Service(DATA, "--web", "127.0.0.1:0", "--clock", CLOCK) as service:
        if check("the service is ready", service.is_ready):
            make_some()
            auditor = log_in("auditor1")
            search(auditor)
            pages(auditor)
            save(auditor)
            verify(auditor)
            count(auditor)
            refuse(auditor)
            break_chain()
            data = auditor.get("/staff/audit/chain").json()
            equal("an edit is found where it was made", (data["good"], data["next"]), (False, 60))
            check("and the page says so", "Broken at entry 60" in " ".join(auditor.get("/staff/audit/chain", Accept="text/html").text.split()))
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
