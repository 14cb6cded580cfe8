"""Power cuts while a backup is made, and while one is restored: what is there under its final name is whole and can
be restored and served; what is not can be asked for again, and then is."""
import os
import shutil
import tempfile

import centre
import faults
import jpkid
import mass
import promises
import sweep
import trace

BACKUP = "backups/one"


def command(stage, *words):
    """jpkid run to its end, recorded."""
    status, errors = jpkid.run(*words, environment=centre.environment_of(stage.memo, stage.recording), timeout=120)
    if status:
        raise RuntimeError(f"{words}: {status} {errors}")


# --- the scenes ---

def backup(stage):
    """While it is served; then a hold and a list that the backup does not have."""
    status, _, errors = centre.run(jpkid.PROGRAM, "backup", "--data", stage.data, "--to", f"{stage.disk}/{BACKUP}",
                                   recording=stage.recording)
    if status:
        raise RuntimeError(f"backup: {status} {errors}")
    stage.apply("hold", 1001, who="hotline1")
    stage.service.must("crl", "admin1")


def restore_words(root, data, source):
    return ["restore", "--data", data, "--from", source, "--signed-log", f"{root}/data/signer/signed.log",
            "--published", f"{root}/data/published"]


def restore(stage):
    """The data are lost, but for signed.log and the lists."""
    command(stage, *restore_words(stage.disk, f"{stage.disk}/restored", f"{stage.disk}/{BACKUP}"), "--clock", RESTORE_CLOCK)


def set_back(stage):
    """The database alone was set back, by other means: it is said in place."""
    command(stage, "restore", "--data", stage.data, "--published", f"{stage.disk}/lists", "--clock", RESTORE_CLOCK)


def before_set_back(stage):
    for entry in os.scandir(f"{stage.data}/database"):
        os.unlink(entry.path)
    shutil.copy(f"{stage.disk}/{BACKUP}/database/jpki.db", f"{stage.data}/database/jpki.db")
    shutil.copytree(f"{stage.data}/published", f"{stage.disk}/lists")


RESTORE_CLOCK = "2026-12-01T06:00:00Z"
LATER = "2026-12-01T07:00:00Z"
# name, what is done before, the scene, its time, whether it is served
PLAY = (("mass acts", mass.before, mass.mass, "2026-12-01T04:00:00Z", True),
        ("backup", lambda stage: os.makedirs(f"{stage.disk}/backups"), backup, "2026-12-01T05:00:00Z", True),
        ("restore", lambda stage: None, restore, RESTORE_CLOCK, False),
        ("set back", before_set_back, set_back, RESTORE_CLOCK, False))


def play(stage):
    for name, before, act, clock, serves in PLAY:
        before(stage)
        stage.play(name, act, clock, serves).sweep = SWEEPS[name]


# --- what must hold ---

def run(memo, *words):
    return jpkid.run(*words, "--clock", LATER, environment=centre.environment_of(memo, None), timeout=60)


def check_restored(data, before, wrong, most=1):
    """A database that was restored: all that the backup had, and the statement, at most so often."""
    database = promises.check_database(data, wrong)
    if database is None:
        return
    promises.check_rows(before, database, wrong)
    promises.check_states(database, wrong)
    promises.check_journal(database, b"", wrong)
    num = sum(row["kind"] == "restore:done" for row in database["journal"])
    if not 1 <= num <= most:
        wrong.append(f"the journal says {num} times that it was restored")


def check_served(data, memo, log, wrong):
    """It is served; nothing repeats of what the signer ever signed."""
    owed = faults.Owed(centre.dump(data), data)
    with open(log, "rb") as file:
        owed.records = promises.log_records(file.read(), [])
    with centre.Service(data, memo, clock=LATER) as service:
        promises.running(service, owed, wrong)


class Sweep(sweep.Sweep):
    def __init__(self, *words):
        super().__init__(*words)
        self.before, self.backed_up = self.look("data"), self.look(BACKUP)
        self.end = max(index for index, event in enumerate(self.scene.events) if event.type == trace.SYNC and
                       event.process in self.commands())

    def look(self, name):
        """The database below that folder, before the scene; SQLite may change what it looks into."""
        if not os.path.isdir(f"{self.scene.before}/{name}/database"):
            return None
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(f"{self.scene.before}/{name}/database", f"{folder}/database")
            return centre.dump(folder)

    def commands(self):
        """The processes of jpkid backup and jpkid restore."""
        return {event.process for event in self.scene.events
                if event.type == trace.START and event.data.split(b"\0")[1:2] in ([b"backup"], [b"restore"])}


class BackupSweep(Sweep):
    def check_folder(self, data, moment, owed):
        super().check_folder(data, moment, owed)
        root = os.path.dirname(data)
        is_there = os.path.isdir(f"{root}/{BACKUP}")
        if not is_there and moment.index > self.end:
            moment.wrong.append("the backup was reported as made, and is not there")
        for entry in sorted(os.listdir(f"{root}/backups") if os.path.isdir(f"{root}/backups") else []):
            self.check_backup(root, f"backups/{entry}", moment)

    def check_backup(self, root, name, moment):
        to = f"{root}/from-{os.path.basename(name)}"
        status, errors = run(self.memo, *restore_words(root, to, f"{root}/{name}"))
        if status == 0:
            check_restored(to, self.before, moment.wrong)
            if moment.starts and not moment.wrong:
                check_served(to, self.memo, f"{root}/data/signer/signed.log", moment.wrong)
        elif name == BACKUP:
            moment.wrong.append(f"a finished backup is not whole: {errors.strip().splitlines()[-1:]}")


class RestoreSweep(Sweep):
    def check_folder(self, data, moment, owed):
        root = os.path.dirname(data)
        to = f"{root}/restored"
        was_there = os.path.isdir(to)
        if not was_there and moment.index > self.end:
            moment.wrong.append("it was reported as restored, and is not there")
        status, errors = run(self.memo, *restore_words(root, to, f"{root}/{BACKUP}"))
        if status != (1 if was_there else 0):
            moment.wrong.append(f"restore again, with{'' if was_there else 'out'} a folder there: {status} {errors.strip()}")
            return
        check_restored(to, self.backed_up, moment.wrong)
        if moment.starts and not moment.wrong:
            check_served(to, self.memo, f"{root}/data/signer/signed.log", moment.wrong)


class SetBackSweep(RestoreSweep):
    """In place: a second time it is done, or not needed any more."""

    def check_folder(self, data, moment, owed):
        root = os.path.dirname(data)
        status, errors = 0, ""  # what was reported as done is not asked for again
        if moment.index <= self.end:
            status, errors = run(self.memo, "restore", "--data", data, "--published", f"{root}/lists")
        if status != 0 and not (status == 1 and "nothing was set back" in errors):
            moment.wrong.append(f"restore again: {status} {errors.strip()}")
            return
        check_restored(data, self.backed_up, moment.wrong, 2)  # it was cut between database and signer: said again
        if not moment.wrong:
            shutil.copy(f"{self.scene.before}/data/signer/signed.log", f"{root}/kept.log")
            check_served(data, self.memo, f"{root}/kept.log", moment.wrong)


SWEEPS = {"mass acts": mass.MassSweep, "backup": BackupSweep, "restore": RestoreSweep, "set back": SetBackSweep}
