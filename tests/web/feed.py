#!/usr/bin/python3
"""The register's feed over the town's pages, as docs/PROTOCOL.registry says: who may send, what is answered, what is
refused; sent again, out of order, ahead of its day, withdrawn; and what the staff sees of it."""
import http.client
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import acts  # noqa: E402
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402
from visitor import Visitor  # noqa: E402

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-feed-")
DATA = f"{folder}/data"
PATH = "/registry/events"
HANAKO = 1001
MOVED = {"reference": "W-1", "resident": HANAKO, "event": "moved-within", "recorded": "2026-11-30",
         "changes": {"address": "鳥取県東伯郡北栄町見本九番地"}}


def ask(act, who, **fields):
    with acts.Connection(f"{DATA}/run/acts.sock") as connection:
        return connection.ask(act, who, **fields)


def check(name, condition):
    return tap.check(condition, name)


def equal(name, got, wanted):
    tap.check(got == wanted, name, f"{got!r}, not {wanted!r}")


class Sender:
    def __init__(self, token=None):
        self.token = token

    def post(self, body, path=PATH, method="POST", **headers):
        host = service.urls["web"].rstrip("/").removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=40)
        sent = {"Content-Type": "application/json"}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        sent |= headers
        if not isinstance(body, (bytes, type(None))):
            body = json.dumps(body).encode()
        connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
        answer = connection.getresponse()
        self.status, self.headers, self.text = answer.status, answer.headers, answer.read().decode()
        connection.close()
        return self

    def events(self):
        return json.loads(self.text)["events"]

    def code(self):
        answer = json.loads(self.text)
        return answer["error"]["code"] if "error" in answer else first_code(answer["events"][0])


def first_code(event):
    return (event.get("refused") or event.get("error") or {}).get("code", "done" if "done" in event else "")


def make_sender(name):
    parked = ask("sender-add", "admin1", name=name)["answer"]["parked"]
    return ask("approve", "admin2", number=parked)


def become_a_sender():
    equal("nobody approves their own sender",
              ask("approve", "admin1", number=ask("sender-add", "admin1", name="town")["answer"]["parked"])["refused"]["code"],
              "same-person")
    equal("a name that is none", ask("sender-add", "admin1", name="Town Hall")["refused"]["code"], "sender-name")
    equal("who keeps the register makes no sender", ask("sender-add", "register1", name="town")["refused"]["code"], "role")
    token = make_sender("town")["answer"]["token"]
    equal("the token is 64 digits", len(token), 64)
    equal("a name is used once", ask("sender-add", "admin1", name="town")["refused"]["code"], "known-sender")
    listed = ask("sender-list", "auditor1")["answer"]["senders"]
    equal("the auditor sees who sends, and no token", [sorted(row) for row in listed], [["added", "name"]])
    check("nowhere in the database or the journal", not any(token.encode() in part or bytes.fromhex(token) in part
                                                             for part in contents()))
    return token


def contents():
    for place, _, names in os.walk(DATA):
        for name in names:
            if os.path.isfile(f"{place}/{name}"):
                with open(f"{place}/{name}", "rb") as file:
                    yield file.read()


def refuse_strangers(token):
    for what, sender, headers in (
            ("nobody", Sender(), {}), ("a token of nobody's", Sender("0" * 64), {}),
            ("another scheme", Sender(), {"Authorization": f"Basic {token}"}),
            ("a token that is longer", Sender(token + "0"), {}), ("capital letters", Sender(token.upper()), {})):
        sender.post(MOVED, **headers)
        equal(f"{what} is refused", (sender.status, sender.headers["WWW-Authenticate"]), (401, "Bearer"))
    equal("a token in the address is none", Sender().post(MOVED, path=f"{PATH}?token={token}").status, 401)
    equal("nor is a cookie", Sender().post(MOVED, Cookie=f"staff={token}").status, 401)
    equal("a token is no session", Visitor(service).get("/staff", Cookie=f"staff={token}").status, 303)


def refuse_forms(sender):
    equal("not JSON", sender.post(MOVED, **{"Content-Type": "application/x-www-form-urlencoded"}).status, 415)
    for what, body in (("half of it", b'{"reference": "W-1"'), ("a text", b'"W-1"'), ("an empty list", b"[]"), ("a list of numbers", b"[1]"),
                       ("a name twice", b'{"event": "died", ' + json.dumps(MOVED)[1:].encode()), ("not UTF-8", b'{"note": "\xff"}'),
                       ("51 events", json.dumps([MOVED] * 51).encode()), ("nothing", b"")):
        equal(f"{what} is malformed", (sender.post(body).status, sender.code()), (400, "malformed"))
    equal("more than 64 KiB", sender.post(b" " * (64 * 1024 + 1)).status, 413)
    equal("GET shows nothing", sender.post(None, method="GET").status, 404)
    for what, change, status, code in (
            ("an unknown field", {"session": "0"}, 400, "malformed"), ("a day that is none", {"recorded": "2026-02-30"}, 400, "malformed"),
            ("a number as a text", {"resident": "1001"}, 400, "malformed"), ("no such event", {"event": "married"}, 400, "malformed"),
            ("an event of a card", {"event": "card-returned", "changes": {}}, 409, "not-of-the-register"),
            ("an event of two persons", {"event": "hold-mistaken", "changes": {}}, 409, "two-persons"),
            ("an item that it does not change", {"changes": {"sex": "male"}}, 400, "malformed"),
            ("an item of no name", {"changes": {"x": "y"}}, 400, "malformed"), ("nobody", {"resident": 4711}, 409, "no-resident"),
            ("tomorrow's record", {"recorded": "2030-01-01"}, 409, "recorded-ahead"), ("sent and withdrawn", {"withdraw": "W-1"}, 400, "malformed")):
        sender.post({**MOVED, "reference": "bad", **change})
        equal(f"{what}: refused", (sender.status, sender.code()), (status, code))
    sender.post({name: value for name, value in MOVED.items() if name != "reference"})
    equal("an event has its number", (sender.status, sender.code()), (409, "no-reference"))


def send(sender):
    equal("an event is done", (sender.post({**MOVED, "reference": "W-2", "changes": {"address": "鳥取県東伯郡北栄町見本十番地"}}).status, sender.code()), (200, "done"))
    done = sender.events()[0]["done"]
    equal("nothing of the record goes out", sorted(done), ["known", "reference"])
    sender.post({**MOVED, "reference": "W-2", "changes": {"address": "鳥取県東伯郡北栄町見本十番地"}})
    check("sent again it is known", sender.status == 200 and sender.events()[0]["done"]["known"])
    equal("the same number with another content", (sender.post({**MOVED, "reference": "W-2"}).status, sender.code()), (409, "another-event"))
    equal("a number of the centre's own", (sender.post({**MOVED, "reference": "left-1001-2027-01-01"}).status, sender.code()), (409, "own-reference"))
    equal("an older one behind it", (sender.post({**MOVED, "reference": "W-3", "recorded": "2026-11-01"}).status, sender.code()), (409, "out-of-order"))
    sender.post([{"reference": "L-1", "resident": 1002, "event": "renamed", "changes": {"given": "次郎"}},
                 {"reference": "L-2", "resident": 4711, "event": "died"}, {"withdraw": "L-1"},
                 {"reference": "L-3", "resident": 1002, "event": "left-abroad", "effective": "2026-12-24"},
                 {"withdraw": "L-3"}, {"withdraw": "L-3"}, {"withdraw": "L-9"}])
    equal("of a list each is answered in its place", (sender.status, [first_code(event) for event in sender.events()]),
              (200, ["done", "no-resident", "in-effect", "done", "done", "done", "no-event"]))
    equal("what waits says its day", sender.events()[3]["done"]["waits"], "2026-12-24")
    equal("withdrawn once, then known", [event["done"]["known"] for event in sender.events()[4:6]], [False, True])


def see(sender):
    clerk = Visitor(service)
    clerk.post("/staff/login", {"code": ask("login-code", "daiei1")["answer"]["login_code"]})
    events = clerk.get("/staff/resident?resident=1002").json()["events"]
    equal("the clerk sees what happened", [(row["reference"], row["event"]) for row in events["events"]], [("L-1", "renamed")])
    equal("and what was withdrawn", [(row["reference"], row["state"]) for row in events["ahead"]], [("L-3", "withdrawn")])
    clerk.get("/staff/resident?resident=1002", Accept="text/html")
    check("on the page, in words", "Name changed" in clerk.text and "withdrawn" in clerk.text)
    entries = ask("journal-read", "auditor1", **{"from": 1})["answer"]["entries"]
    check("the journal names the sender", any(row["kind"] == "event:done" and row["actor"] == "sender:town" and row["role"] == "sender" for row in entries))


def end(sender):
    equal("a sender ends", ask("sender-end", "admin2", name="town")["answer"]["sender"], "town")
    equal("and once", ask("sender-end", "admin2", name="town")["refused"]["code"], "no-sender")
    equal("its token with it", sender.post(MOVED).status, 401)
    for _ in range(10):
        sender.post(MOVED)
    check("who guesses waits", sender.status == 429 and int(sender.headers["Retry-After"]) > 0)


try:
    jpkid.run("init", "--data", DATA, "--sample", "--etc", f"{jpkid.SOURCE}/etc", "--clock", "2026-12-01T01:00:00Z")
    with jpkid.Service(DATA, "--web", "127.0.0.1:0", "--clock", "2026-12-01T01:00:00Z") as service:
        if check("the service is ready", service.is_ready):
            token = become_a_sender()
            refuse_strangers(token)
            sender = Sender(token)
            refuse_forms(sender)
            send(sender)
            see(sender)
            end(sender)
finally:
    subprocess.run(["rm", "-rf", folder], check=False)
tap.end()
