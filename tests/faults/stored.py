"""Faults 1, 2, 8, 12 and 16: what stands on the disk. Power cuts and failing calls are those of tests/prove."""
import os
import re
import shutil
import sqlite3

import centre
import faults
import jpkid
import promises
import sweep
from centre import KINDS
from scenes import HANAKO, TAKESHI
from world import MAKOTO, MISAKI

SEED = 20261126
MOVE = {"event": "moved-within", "changes": {"address": "鳥取県東伯郡北栄町見本二丁目2番地2"}}


def cut_power(see, world, name, num_started, **more):
    """The recorded scene, cut wherever something left the service."""
    found = sweep.Sweep(world.scene(name), world.stage, SEED)
    moments = found.moments(**more)
    red = found.run(moments, num_started)
    see(len(moments) > 20 and not red, f"{len(moments)} power cuts of {name}", [moment.wrong for moment in red[:3]])
    found.world.done()


# --- 1 ---

def unrecorded_signature(see, world):
    cut_power(see, world, "issue", 1, num_kept=15, num_killed=5)
    without = sweep.Sweep(world.scene("hold"), world.stage, SEED, "signed.log")
    see(without.run(without.moments(), 0, True), "were the log not synced, this would see it")
    without.world.done()
    short = faults.Short(world.stage, world.scene("hold").before, world.scene("hold").pins, world.scene("hold").clock)
    for fault in ("signer:2:EIO", "signer:4:ENOSPC+"):  # a log that cannot be written: nothing is signed
        wrong, happened = faults.run_fault(short, f"{world.folder}/{fault.replace(':', '-')}", fault)
        see(happened and not wrong, f"{fault}: nothing leaves over it", wrong)


# --- 2 ---

def lost_acknowledgement(see, world):
    cut_power(see, world, "hold", 1, num_kept=10, num_killed=5)
    short = faults.Short(world.stage, world.scene("hold").before, world.scene("hold").pins, world.scene("hold").clock)
    wrong, happened = faults.run_fault(short, f"{world.folder}/full", "commit:40:ENOSPC+")
    see(happened and not wrong, "a full disk loses nothing", wrong)
    for table, act in (("change", "hold"), ("journal", "hold"), ("crl", "list"), ("certificate", "issue"), ("signing", "issue"),
                       ("journal_personal", "hold")):
        failed_insert(see, world.town(), table, act)
    with world.town() as town:
        town.hold(TAKESHI)
        town.kill()
        town.start()
        see(town.state(TAKESHI, "signature") == "revoked", "a hold is there after a crash in the moment of its answer")


def failed_insert(see, town, table, act):
    """One INSERT fails. It is told, and nothing is half done; then it goes on."""
    with town:
        if act == "issue":
            town.register(MAKOTO)
        town.write(f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(FAIL, 'the disk is odd'); END")
        try:
            if act == "list":
                is_told = town.act("crl", "admin1") != "done"
            else:
                town.hold(TAKESHI) if act == "hold" else town.apply("new", MAKOTO, kinds="both", pin="never-set")
                is_told = False
        except RuntimeError:
            is_told = True
        see(is_told, f"an INSERT into {table} that fails is told")
        town.stop()
        town.write("DROP TRIGGER broken")
        wrong = []
        promises.check_states(centre.dump(town.data), wrong)
        see(not wrong, f"{table}: nothing is half done", wrong)
        town.start()
        see(town.state(TAKESHI, "signature") == "good", f"{table}: what was not acknowledged was not done")
        town.hold(TAKESHI)
        see(town.state(TAKESHI, "signature") == "revoked", f"{table}: and it goes on")


# --- 8 ---

def restore_forgets(see, world):
    with world.town() as town:
        backup = f"{town.folder}/backup"
        see(centre.run(jpkid.PROGRAM, "backup", "--data", town.data, "--to", backup)[0] == 0, "a backup, while it runs")
        town.hold(TAKESHI)
        town.register(MAKOTO)
        town.apply("new", MAKOTO, kinds="both", pin="never-set")
        town.service.must("crl", "admin1")
        lost = {kind: (max(row[0] for row in town.rows("SELECT serial FROM signing WHERE kind = ?", at)),
                       *town.rows("SELECT MAX(number), MAX(this_update) FROM crl WHERE kind = ?", at)[0])
                for at, kind in enumerate(KINDS)}
        held, late = {kind: town.serial(TAKESHI, kind) for kind in KINDS}, {kind: town.serial(MAKOTO, kind) for kind in KINDS}
        shutil.copytree(f"{town.data}/published", f"{town.folder}/published")
        town.kill()
    shutil.copy(f"{town.data}/signer/signed.log", f"{town.folder}/signed.log")
    os.rename(town.data, town.data + ".lost")
    shutil.copytree(backup, town.data)  # copied back in silence
    os.remove(f"{town.data}/manifest")
    shutil.copy(f"{town.folder}/signed.log", f"{town.data}/signer/signed.log")
    see("set back" in town.refuses_to_start(), "what was set back in silence is not served")
    shutil.rmtree(town.data)
    status, said = jpkid.run("restore", "--data", town.data, "--from", backup, "--signed-log", f"{town.folder}/signed.log",
                             "--published", f"{town.folder}/published")
    see(status == 0, "a restore", said)
    os.makedirs(f"{town.data}/run", exist_ok=True)
    with town:
        for kind in KINDS:
            see(town.ocsp(kind, held[kind]) == "revoked", f"{kind}: who was held is held, from the first answer on")
            see(town.ocsp(kind, late[kind]) == "unknown", f"{kind}: what is lost is unknown, never good")
        town.register(MISAKI)
        town.apply("new", MISAKI, kinds="both", pin="never-set")
        town.service.must("crl", "admin1")
        for at, kind in enumerate(KINDS):
            now = (min(row[0] for row in town.rows("SELECT serial FROM certificate WHERE kind = ? AND resident = ?", at, MISAKI)),
                   *town.rows("SELECT MAX(number), MAX(this_update) FROM crl WHERE kind = ?", at)[0])
            see(all(new > old for new, old in zip(now, lost[kind])), f"{kind}: no number comes again", (lost[kind], now))


# --- 12 ---

def verified(town, *words):
    return town.admin("journal", "verify", *words, who="auditor1")


def act_without_entry(see, world):
    with world.town() as town:
        see(verified(town)[0] == 0, "the journal verifies")
        for name, who, fields in (("crl", "admin1", {}), ("event", "register1", {"resident": TAKESHI, **MOVE}),
                                  ("event", "register1", {"resident": 99999, **MOVE}), ("crl", "daiei1", {}),
                                  ("resident-find", "daiei1", {"resident": 1001}), ("approve", "card2", {"number": 99}),
                                  ("application-open", "hotline1",
                                   {"procedure": "hold", "resident": HANAKO, "applicant": "holder"})):
            before = town.rows("SELECT COUNT(*) FROM journal")[0][0]
            outcome = town.act(name, who, **fields)
            found = [kind for kind, in town.rows("SELECT kind FROM journal WHERE sequence > ?", before)]
            see(any(kind.startswith(name + ":") for kind in found), f"{name} ({outcome}) has its entry", found)
        town.service.must("checkpoint", "auditor1")
        shutil.copy(f"{town.data}/journal/checkpoints", f"{town.folder}/carried")
        town.stop()
        shutil.copytree(town.disk, f"{town.folder}/whole", ignore=shutil.ignore_patterns("*.sock"))
    for name, statement in (
            ("an edit", "UPDATE journal SET actor = 'nobody' WHERE sequence = 5"),
            ("an edit of what lies beside", "UPDATE journal_personal SET data = x'7b7d' WHERE sequence = 5"),
            ("a time that was moved", "UPDATE journal SET time = time + 1 WHERE sequence = 5"),
            ("a gap", "DELETE FROM journal WHERE sequence = 5"),
            ("a cut", "DELETE FROM journal WHERE sequence > (SELECT MAX(sequence) - 3 FROM journal)")):
        spoilt(see, world, town, name, statement)
    full_journal(see, world)


def spoilt(see, world, town, name, statement):
    shutil.rmtree(town.disk)
    shutil.copytree(f"{town.folder}/whole", town.disk)
    town.write("PRAGMA foreign_keys = OFF", "DELETE FROM journal_checkpoint" if name == "a cut" else statement, statement,
               guards=False)
    said = town.refuses_to_start()
    if said:
        see(re.search("journal|set back|signed", said), f"{name}: found at the start", said)
        return
    with town:
        status, _, errors = verified(town, "--against", f"{town.folder}/carried")
        see(status == 1, f"{name} is found", errors)


def full_journal(see, world):
    """The journal cannot be written: nothing that needs an entry goes on."""
    with world.town() as town:
        number = town.service.must("application-open", "hotline1", procedure="hold", resident=TAKESHI, applicant="holder")["number"]
        town.write("CREATE TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT RAISE(FAIL, 'no room'); END")
        before = centre.dump(town.data)
        for name, who, fields in (("crl", "admin1", {}), ("event", "register1", {"resident": TAKESHI, **MOVE}),
                                  ("application-open", "daiei1", {"procedure": "hold", "resident": HANAKO, "applicant": "holder"}),
                                  ("step", "hotline1", {"number": number, "step": "identity"})):
            see(town.act(name, who, **fields) != "done", f"{name} without an entry is not done")
        after = centre.dump(town.data)
        see(all(before[table] == after[table] for table in ("change", "certificate", "application", "step", "crl")),
            "and changes nothing")


# --- 16 ---

def migrations():
    """[(name, [statements of its tables])], as they stand in src/store: what older versions made."""
    def texts(name):
        for path in sorted(os.listdir(f"{jpkid.SOURCE}/src/store")):
            if path.startswith("migrat") and path.endswith(".c"):
                with open(f"{jpkid.SOURCE}/src/store/{path}") as file:
                    found = re.search(rf"char {name}\[\] =(.*?)\";\n", file.read(), re.S)
                if found:
                    code = re.sub(r"/\*.*?\*/", "", found[1] + '"', flags=re.S)
                    return "".join(re.findall(r'"([^"]*)"', code))
        raise LookupError(name)
    with open(f"{jpkid.SOURCE}/src/store/migrate.c") as file:
        return [(name, texts(sql)) for name, sql in re.findall(r'\{"(\w+)", (migration_\w+), ', file.read())]


def migration_changes_rows(see, world):
    """The town as each older version would have stored it, brought to this one: every row is as it was."""
    source = world.town()
    with source:
        source.hold(TAKESHI)
    wanted, steps = centre.dump(source.data), migrations()
    see([name for name, in source.rows("SELECT name FROM migration ORDER BY number")] == [name for name, _ in steps],
        "the migrations of the database are those of the source", [name for name, _ in steps])
    for version in range(len(steps) - 1, 2, -1):
        town = world.town()
        older(town, source, steps[:version])
        with town:
            compare(see, town, wanted, f"from version {version} ({steps[version - 1][0]})", steps[:version])


def older(town, source, steps):
    path = f"{town.data}/database/jpki.db"
    mark = source.rows("PRAGMA application_id")[0][0]
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.remove(path + suffix)
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA application_id = {mark}")
        database.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT")
        for number, (name, text) in enumerate(steps):
            database.executescript(text)
            database.execute("INSERT INTO migration VALUES (?, ?)", (number + 1, name))
        database.execute("DELETE FROM writer")
        database.commit()
        database.execute("ATTACH ? AS source", (f"{source.data}/database/jpki.db",))
        for table, in database.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name <> 'migration'").fetchall():
            columns = ", ".join(row[1] for row in database.execute(f"PRAGMA main.table_info({table})"))
            database.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM source.{table}")
        database.commit()


def compare(see, town, wanted, name, steps):
    found = centre.dump(town.data)
    tables = re.findall(r"CREATE TABLE (\w+)", "".join(text for _, text in steps))
    for table in set(tables) & set(wanted):
        missing = [row for row in wanted[table] if row not in found[table]]
        see(not missing, f"{name}: the rows of {table} are as they were", missing[:1])
    if "certificate" in tables:
        see((town.state(TAKESHI, "signature"), town.state(HANAKO, "signature")) == ("revoked", "good"), f"{name}: so is OCSP")
    status, _, errors = verified(town)
    see(status == 0, f"{name}: the journal verifies", errors)
