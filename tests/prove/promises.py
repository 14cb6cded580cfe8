"""What must hold on a disk after the power went, whatever was on it: the promises of ARCHITECTURE.md, as
checks. A check adds sentences to a list; an empty list is a promise kept.

Two kinds: `still` looks at the folder as it lies there, `running` starts the service on it."""
import glob
import hashlib
import hmac
import os
import re
import sqlite3
import struct
import subprocess
import time

import centre
import signed_index

LOG_HEAD, RECORD = 18, 144
AUTHORITY, LEAF, RESPONDER, CRL, PERMIT, CHECKPOINT = range(1, 7)
RESERVED, GOOD, HELD, REVOKED = 1, 2, 3, 4
TOWN = "31372"

# the columns by which a row is known; those that may be set later
ROWS = {
    "journal": (("sequence",), ()), "journal_personal": (("sequence",), ()),
    "journal_checkpoint": (("sequence",), ()), "change": (("epoch",), ()),
    "crl": (("kind", "generation", "municipality", "number"), ()),
    "crl_signature": (("kind", "generation", "municipality", "number"), ()),
    "card": (("id",), ()), "card_permit_key": (("card",), ("generation",)), "nonce": (("nonce",), ("used",)),
    "permit": (("challenge",), ()),
    "signing": (("kind", "serial"), ("signature", "is_refused")),
    "certificate": (("kind", "serial"), ("state", "reason", "since", "installed", "leaf_digest", "held_by")),
    "mass": (("number",), ("state", "count", "digest", "act", "note", "second", "time", "done", "finished", "released")),
    "mass_entry": (("mass", "serial"), ()), "mass_count": (("mass", "outcome"), ("count",)),
    "parked": (("number",), ("second", "finished")),
    "application": (("number",), ("state", "ended", "note", "card", "event")),
    "step": (("application", "position"), ("done", "done_by", "note", "name")),
}


# --- the signer's log, by PROTOCOL.signer 5 ---

class Record:
    def __init__(self, raw):
        self.sequence, self.time, self.type, self.kind = struct.unpack(">QQBB", raw[:18])
        self.digest, self.detail = raw[18:50], raw[50:112]
        self.number, self.when = struct.unpack(">QQ", self.detail[:16])
        self.scope = self.detail[16:48]  # of a list: the lists of one batch have number and time in common


def log_records(content, wrong):
    """The records of signed.log that follow from each other; what stands behind them is told."""
    chain, found = hashlib.sha256(content[:LOG_HEAD]).digest(), []
    for at in range(LOG_HEAD, len(content), RECORD):
        raw = content[at:at + RECORD]
        step = hashlib.sha256(chain + raw[:112]).digest()
        if len(raw) < RECORD or step != raw[112:] or struct.unpack(">Q", raw[:8])[0] != len(found) + 1:
            if len(content) - at > RECORD:
                wrong.append(f"signed.log: more than one record's length behind record {len(found)}")
            break
        chain = step
        found.append(Record(raw))
    return found


def check_log(records, database, wrong):
    """No signature without what the centre stored before it asked (promise 1), and all that rises does
    (promise 6)."""
    signing = {(row["kind"], row["serial"]): row for row in database["signing"]}
    lists = {(row["kind"], row["number"], row["digest"]): row for row in database["crl"]}
    challenges = {row["challenge"] for row in database["permit"]}
    heads = {row["sequence"]: row["hash"] for row in database["journal"]}
    floors = {}
    for record in records:
        name, where = f"signed.log {record.sequence}", (record.kind, record.number)
        if record.type in (AUTHORITY, LEAF, RESPONDER):
            row = signing.get(where)
            if not row or hashlib.sha256(row["tbs"]).digest() != record.digest:
                wrong.append(f"{name}: certificate {where} was signed and is not stored")
            rising = [("serial", record.kind, record.number)]
        elif record.type == CRL:
            row = lists.get((*where, record.digest))
            if not row or row["this_update"] != record.when:
                wrong.append(f"{name}: list {where} was signed and is not stored")
            rising = [("list", (record.kind, record.scope), record.number),
                      ("thisUpdate", (record.kind, record.scope), record.when)]
            newest = max(floors.get(("list", record.kind), 0), record.number)
            if record.number < newest:
                wrong.append(f"{name}: list {record.number} is of a batch before the last")
            floors["list", record.kind] = newest
        elif record.type == PERMIT:
            if record.detail[:28] != signed_index.NOBODY and record.detail[28:44] not in challenges:
                wrong.append(f"{name}: a permit was signed and is not stored")
            rising = []
        else:
            if heads.get(record.number) != record.detail[16:48]:
                wrong.append(f"{name}: a head was signed that the journal has not")
            rising = [("checkpoint", 0, record.number)]
        for what, kind, number in rising:
            if number <= floors.get((what, kind), -1):
                wrong.append(f"{name}: {what} {number} does not rise")
            floors[what, kind] = number


# --- the journal, by PROTOCOL.journal ---

def sized(text):
    data = (text or "").encode()
    return struct.pack(">I", len(data)) + data


def check_journal(database, checkpoints, wrong):
    """Recomputed from its own columns; the heads that were carried away are in it (promise 8)."""
    head, heads = bytes(32), {0: bytes(32)}
    personal = {row["sequence"]: row for row in database["journal_personal"]}
    for at, row in enumerate(sorted(database["journal"], key=lambda row: row["sequence"])):
        entry = (b"JPKI entry 1" + struct.pack(">QQ", row["sequence"], row["time"]) + sized(row["kind"]) +
                 sized(row["actor"]) + sized(row["role"]) + sized(row["second"]) + row["commitment"])
        opens = personal.get(row["sequence"])
        if row["sequence"] != at + 1 or row["previous"] != head:
            wrong.append(f"journal: entry {row['sequence']} does not follow")
        if not opens or hmac.digest(opens["salt"], opens["data"], "sha256") != row["commitment"]:
            wrong.append(f"journal: entry {row['sequence']} does not open")
        head = hashlib.sha256(head + hashlib.sha256(entry).digest()).digest()
        heads[row["sequence"]] = head
        if row["hash"] != head:
            wrong.append(f"journal: entry {row['sequence']} has another head")
    for line in checkpoints.decode().splitlines():
        words = line.split()
        if len(words) == 4 and heads.get(int(words[0]), b"").hex() != words[2]:
            wrong.append(f"journal: the checkpoint of {words[0]} was carried away, and its entry is gone")


# --- the database against what was acknowledged ---

def check_rows(before, after, wrong):
    """Every row that stood in the database when the last answer left is there; what was set stays set;
    and if nothing more was journalled, nothing has changed, but what a mass act that was let begin works off."""
    works_off = any(row["act"] is not None and row["finished"] is None for row in before["mass"])
    is_same = len(before["journal"]) == len(after["journal"]) and not works_off
    for table, (names, later) in ROWS.items():
        found = {tuple(row[name] for name in names): row for row in after[table]}
        for row in before[table]:
            now = found.get(tuple(row[name] for name in names))
            label = f"{table} {[row[name] if not isinstance(row[name], bytes) else row[name].hex()[:8] for name in names]}"
            if not now:
                wrong.append(f"acknowledged and lost: {label}")
                continue
            for column, value in row.items():
                is_free = column in later and not is_same
                if now[column] != value and not (is_free and (now[column] is not None or value is None or column == "held_by")):
                    wrong.append(f"acknowledged and changed: {label} {column}")


def check_states(database, wrong):
    """A certificate's state is that of its last change, and what was revoked stays so (promises 3, 4)."""
    last, revoked = {}, set()
    for row in sorted(database["change"], key=lambda row: row["epoch"]):
        where = (row["authority"], row["serial"])
        if where in revoked and row["state"] != REVOKED:
            wrong.append(f"a revoked certificate lives again: {where}")
        if row["state"] == REVOKED:
            revoked.add(where)
        last[where] = row["state"]
    for row in database["certificate"]:
        where = (row["kind"], row["serial"])
        if row["state"] != RESERVED and row["state"] != last.get(where):
            wrong.append(f"certificate {where}: state {row['state']}, last change {last.get(where)}")
    for where in last:
        if where not in {(row["kind"], row["serial"]) for row in database["certificate"]}:
            wrong.append(f"a change of no certificate: {where}")


def check_database(data, wrong):
    """The database, read by SQLite alone; None when it cannot be."""
    try:
        with sqlite3.connect(glob.glob(f"{data}/database/*.db")[0]) as database:
            said = database.execute("PRAGMA integrity_check").fetchone()[0]
            orphans = database.execute("PRAGMA foreign_key_check").fetchall()
        if said != "ok" or orphans:
            wrong.append(f"the database is damaged: {said} {orphans}")
        return centre.dump(data)
    except (sqlite3.Error, IndexError) as error:
        wrong.append(f"the database cannot be read: {error}")
        return None


# --- cards ---

def card_tries(content):
    """(signature, authentication) of a card image; None when it is none."""
    label = b"JPKI card image 1\n"
    if len(content) < 32 or hashlib.sha256(content[:-32]).digest() != content[-32:] or not content.startswith(label):
        return None
    at = len(label) + 1 + 28 + 65
    at += 4 + struct.unpack(">I", content[at:at + 4])[0]
    tries = []
    for _ in centre.KINDS:
        at += 1 + 16
        tries.append(content[at])
        at += 1 + 16
        for _ in range(4):
            at += 4 + struct.unpack(">I", content[at:at + 4])[0]
    return tuple(tries)


def check_cards(cards, owed, wrong):
    """owed: {path: the contents that a card may have}: what it had when it answered last, or later ones
    that it had not answered for (promise 7)."""
    for path, contents in owed.items():
        content = cards.get(path)
        if content is None:
            wrong.append(f"{path}: the card is gone")
        elif path.isdigit() and card_tries(content) is None:
            wrong.append(f"{path}: the card is damaged")
        elif content not in contents:
            wrong.append(f"{path}: not what has answered, {len(content)} bytes")


# --- a list as it is published ---

def crl_facts(content):
    """(number, thisUpdate as it stands) of a list; None when it is none."""
    number = re.search(rb"\x06\x03\x55\x1d\x14\x04.\x02(.)", content, re.DOTALL)
    update = re.search(rb"\x17\x0d(\d{12})Z", content)
    if not number or not update:
        return None
    start = number.end()
    return int.from_bytes(content[start:start + number.group(1)[0]], "big"), update.group(1)


def crl_serials(data, kind, wrong, municipality=""):
    """The serials of the published list, verified by openssl."""
    name = f"{kind}.{municipality}.crl" if municipality else f"{kind}.crl"
    done = subprocess.run(["openssl", "crl", "-inform", "DER", "-in", f"{data}/published/{name}", "-noout", "-text",
                           "-CAfile", f"{data}.{kind}.pem"], capture_output=True, text=True)
    if "verify OK" not in done.stderr:
        wrong.append(f"openssl does not verify {name}")
    return {int(number, 16) for number in re.findall(r"Serial Number: ([0-9A-F]+)", done.stdout)}


def check_published(data, owed, wrong):
    """Every published file is one that was published, whole; the bytes of the last signed list are there."""
    for entry in os.scandir(f"{data}/published"):
        with open(entry.path, "rb") as file:
            content = file.read()
        if not entry.name.endswith(".new") and (entry.name, content) not in owed.published:
            wrong.append(f"published and not whole: {entry.name}, {len(content)} bytes")
    for index, kind in enumerate(centre.KINDS):
        last = {record.scope: record for record in owed.records if record.type == CRL and record.kind == index}
        pattern = re.compile(rf"{kind}(-\d+)?(\.\d{{5}})?\.(tbs|crl)")
        names = [name for name in os.listdir(f"{data}/published") if pattern.fullmatch(name)]
        contents = [list_content(f"{data}/published/{name}") for name in names]
        digests = [hashlib.sha256(content).digest() for content in contents]
        newest = max((facts[0] for facts in map(crl_facts, contents) if facts), default=0)
        for record in last.values():
            if record.digest not in digests and record.number >= newest:
                wrong.append(f"list {record.number} of {kind}, signed last, is nowhere")


def list_content(path):
    """What is signed of a list: all of a .tbs, the first element of a .crl."""
    with open(path, "rb") as file:
        content = file.read()
    if path.endswith(".tbs") or len(content) < 8:
        return content
    inner = content[2 + (content[1] & 0x7F if content[1] & 0x80 else 0):]
    wide = inner[1] & 0x7F if inner[1] & 0x80 else 0
    length = int.from_bytes(inner[2:2 + wide], "big") if wide else inner[1]
    return inner[:2 + wide + length]


def check_export(data, owed, wrong):
    """Every checkpoint that was stored when an answer left stands in the file that is carried away."""
    try:
        with open(f"{data}/journal/checkpoints") as file:
            exported = {int(line.split()[0]) for line in file if line.endswith("\n")}
    except FileNotFoundError:
        exported = set()
    missing = {row["sequence"] for row in owed.database["journal_checkpoint"]} - exported
    if missing:
        wrong.append(f"checkpoints that were stored are not exported: {sorted(missing)}")


# --- both kinds of check ---

def still(data, owed, wrong, database=None):
    """The folder as the power cut left it; its database, if it could be read. database: that of PostgreSQL."""
    database = database or check_database(data, wrong)
    if database is None:
        return None
    check_rows(owed.database, database, wrong)
    check_states(database, wrong)
    check_journal(database, owed.checkpoints, wrong)
    check_published(data, owed, wrong)
    check_export(data, owed, wrong)
    try:
        with open(f"{data}/signer/signed.log", "rb") as file:
            records = log_records(file.read(), wrong)
    except FileNotFoundError:
        wrong.append("signed.log is gone")
        return database
    check_log(records, database, wrong)
    signed_index.check(data, wrong)
    if len(records) < len(owed.records):
        wrong.append(f"{len(owed.records) - len(records)} signatures left that signed.log does not know")
    elif [r.digest for r in records[:len(owed.records)]] != [r.digest for r in owed.records]:
        wrong.append("signed.log knows other signatures than those that left")
    return database


def running(service, owed, wrong):
    """What the started service answers."""
    if not service.is_ready:
        wrong.append(f"the service does not start: {service.said().strip().splitlines()[-3:]}")
        return
    database = centre.dump(service.data)
    check_rows(owed.database, database, wrong)
    check_states(database, wrong)
    for index, kind in enumerate(centre.KINDS):
        check_ocsp(service, kind, database, index, wrong)
        check_list(service, kind, database, index, owed, wrong)
    waiting = [row["serial"] for row in centre.dump(service.data)["signing"]  # status has asked by now
               if row["signature"] is None and not row["is_refused"]]
    if waiting:
        wrong.append(f"stored and never signed: {waiting}")
    signed_index.check(service.data, wrong)
    check_verification(service, owed, wrong)
    check_next_list(service, owed, wrong)


def check_ocsp(service, kind, database, index, wrong):
    states = {row["serial"]: row["state"] for row in database["certificate"] if row["kind"] == index}
    highest = max(row["serial"] for row in database["signing"] if row["kind"] == index)
    with open(f"{service.data}/status/{kind}.map", "rb") as file:
        if struct.unpack("=Q", file.read(56)[48:])[0] == 0:  # every serial would be unknown for ever
            wrong.append(f"the status map of {kind} knows no authority")
    wanted = {GOOD: "good", HELD: "revoked", REVOKED: "revoked"}
    serials = sorted(states)[-13:] + [highest + 5, highest + 6]
    for serial, said in service.ocsp(kind, serials).items():
        if said != wanted.get(states.get(serial), "unknown"):
            wrong.append(f"OCSP says {said or 'nothing'} of {kind} {serial}, whose state is {states.get(serial)}")


def read_list(data, kind):
    try:
        with open(f"{data}/published/{kind}.crl", "rb") as file:
            return crl_facts(file.read())
    except FileNotFoundError:
        return None


def check_list(service, kind, database, index, owed, wrong):
    """Published lists go on from the one that the world has seen, and say what was acknowledged."""
    facts = read_list(service.data, kind)
    seen = owed.lists.get(kind)
    if not facts or (seen and (facts[0] < seen[0] or facts[1] < seen[1])):
        wrong.append(f"the list of {kind} goes back: {facts} after {seen}")
    ended = {row["serial"] for row in database["certificate"] if row["kind"] == index and row["state"] > GOOD}
    missing = ended - crl_serials(service.data, kind, wrong)
    if missing:
        wrong.append(f"held or revoked, and not in the list of {kind}: {sorted(missing)}")
    check_municipal(service, kind, ended, wrong)


def check_municipal(service, kind, ended, wrong):
    """The town's own list is made beside the acts: soon it is there, and says the same."""
    own = f"{service.data}/published/{kind}.{TOWN}.crl"
    for _ in range(100):
        found = []
        if os.path.exists(own) and not ended - crl_serials(service.data, kind, found, TOWN):
            break
        time.sleep(0.1)
    else:
        found.append(f"{own} does not come to have {sorted(ended)}")
    wrong.extend(found)


def check_verification(service, owed, wrong):
    carried = f"{service.data}.carried"
    with open(carried, "wb") as file:
        file.write(owed.checkpoints[:owed.checkpoints.rfind(b"\n") + 1])
    status, out, errors = centre.run(centre.JPKI, "admin", "journal", "verify", "--against", carried, "--as",
                                     "auditor1", "--socket", service.acts)
    if status:
        wrong.append(f"jpki admin journal verify: {errors.strip()}")
    own = f"{service.data}/journal/checkpoints"
    status, out, errors = centre.run(centre.JPKI, "admin", "journal", "verify", "--against", own, "--as",
                                     "auditor1", "--socket", service.acts)
    if status:
        wrong.append(f"the exported checkpoints do not verify: {errors.strip()}")


def check_next_list(service, owed, wrong):
    """A new list is above all that the signer ever signed."""
    if not service.act("crl", "admin1") or service.process.poll() is not None:
        wrong.append(f"no new list: {service.said().strip().splitlines()[-3:]}")
        return
    for index, kind in enumerate(centre.KINDS):
        signed = [r for r in owed.records if r.type == CRL and r.kind == index]
        facts = read_list(service.data, kind)
        if signed and (not facts or facts[0] <= max(r.number for r in signed)):
            wrong.append(f"the number of the next list of {kind} was used before: {facts}")


def goes_on(service, application, image, pins, wrong):
    """The same application, with the same card, comes to its end: one live certificate of each kind that
    it is for, installed, and OCSP calls it good."""
    if not os.path.exists(image):
        return
    number = application["number"]
    status, answer, errors = service.desk(image, application["opened_by"], "run", str(number), *pins)
    if status or not answer or answer.get("state") != "finished":
        wrong.append(f"application {number} ({application['procedure']}) does not go on: {answer} {errors}")
        return
    rows = [row for row in centre.dump(service.data)["certificate"] if row["application"] == number]
    for index, kind in enumerate(centre.KINDS):
        live = [row for row in rows if row["kind"] == index and row["state"] != REVOKED]
        if len(live) > 1 or any(not row["installed"] for row in live):
            wrong.append(f"application {number} has {len(live)} live certificates of {kind}")
        for row in live:
            if service.ocsp(kind, [row["serial"]])[row["serial"]] != ("good" if row["state"] == GOOD else "revoked"):
                wrong.append(f"OCSP does not call {kind} {row['serial']} good")
    issues = application["procedure"] in ("new", "renewal", "change-reissue")
    if issues and {row["kind"] for row in rows if row["state"] == GOOD} != set(kinds_of(application["kinds"])):
        wrong.append(f"application {number} ended without its certificates")


def kinds_of(bits):
    return [index for index in range(len(centre.KINDS)) if bits >> index & 1]
