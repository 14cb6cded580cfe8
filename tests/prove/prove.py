#!/usr/bin/python3
"""The long proofs: power cuts at every moment of recorded runs, each sync taken away, calls that fail,
processes that die, clocks that jump. Prints for each sweep its cases, its seed and its violations, and
writes them to build/prove.json. Exit status 1 on a violation, or when a seeded bug is not found. The database is
SQLite's file ("files"), PostgreSQL's ("server"); keys are sealed files, or in a token ("tokens"); backups, restores
and mass acts are "copies".

    prove.py [--few] [--seed N] [NAME…]      --few: the fixed sample that `make test` runs, as TAP;
                                             NAME: the steps in whose name it stands, such as "server: power cut" """
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import cluster
import connection
import connection_faults
import copies
import faults
import jpkid
import pcscd
import scenes
import signed_index
import softhsm
import sweep
from tap import Tap

# Syncs without which nothing that is promised is lost, each with its reason. All others must be missed.
NEEDLESS = {
    "rollback journal": "SQLite's own, before the database is switched to a write-ahead log: init has not ended",
    "mark of a sample": "only its name counts",
    "data/lock": "it is empty",
    "note of synced maps": "one that is not whole is not believed: the maps are made again from the changes",
    "status folder": "an older note has more changes replayed; a map that is gone is made again from all",
    "note of backups": "`jpki admin status` alone reads it; a backup is whole without it",
    "signed.index": "a last segment that is not whole is not believed: all is made again from signed.log. It is for a disk"
                    " that keeps a segment, and of the one before only the head",
}
NUM_SHOWN = 4


TAKEOVERS = [(connection_faults.Takeover, "lock lost", 4), (connection_faults.Takeover, "connection ended", 4)]
CONNECTION_BUGS = (
    (connection_faults.Weak, "server killed after", "synchronous_commit is off"),
    (connection_faults.Early, "unanswered", "COMMIT is answered before it is passed on"),
    (connection_faults.Unfenced, "lock lost", "neither lock nor fence"),
)


def line_of(row):
    is_red = row["violations"] or row["seeded_bug_found"] is False
    bug = {None: "", True: ", seeded bug found", False: ", seeded bug NOT FOUND"}[row["seeded_bug_found"]]
    return (f"{'RED ' if is_red else 'ok  '} {row['scene']} on {row['engine']}, {row['fault']}: {row['cases']} of "
            f"{row['possible']} cases, {row['violations']} violations, seed {row['seed']}{bug}")


class Proof:
    def __init__(self, folder, seed):
        self.folder, self.seed, self.sweeps = folder, seed, []
        self.failed = 0

    def report(self, scene, engine, fault, cases, violations, bug_found=None, possible=None, note=""):
        """One sweep. bug_found: of one with a seeded bug, whether it was seen; None: one without. possible: how
        many cases there are, where cases is a sample."""
        is_red = bool(violations) if bug_found is None else not bug_found
        self.failed += is_red
        num = len(violations) if bug_found is None else 0
        row = {"name": f"{fault}: {scene} on {engine}", "scene": scene, "engine": engine, "fault": fault, "cases": cases,
               "possible": possible or cases, "seed": self.seed, "violations": num, "seeded_bug_found": bug_found}
        self.sweeps.append(row)
        print(line_of(row), note, flush=True)
        for sentence in violations[:NUM_SHOWN] if bug_found is None else []:
            print(f"     {sentence}", flush=True)
        return not is_red

    def summary(self):
        """All sweeps again, a line each, and their sum."""
        for row in self.sweeps:
            print(line_of(row))
        found = [row["seeded_bug_found"] for row in self.sweeps if row["seeded_bug_found"] is not None]
        print(f"total: {sum(row['cases'] for row in self.sweeps)} cases, "
              f"{sum(row['violations'] for row in self.sweeps)} violations, {sum(found)} of {len(found)} seeded bugs found")

    def write(self):
        with open(os.path.join(jpkid.BUILD, "prove.json"), "w") as file:
            json.dump({"sweeps": self.sweeps}, file, indent=1)

    # power cuts

    def power_cut(self, stage, scene, num_kept, num_killed, num_started):
        found = (scene.sweep or sweep.Sweep)(scene, stage, self.seed)
        moments = found.moments(num_kept, num_killed)
        red = found.run(moments, num_started)
        possible = found.possible
        note = (f"(all lost {possible['lost']}, one kept of {possible['kept']}, all kept of {possible['killed']}; "
                f"service started {min(num_started, possible['started'])} of {possible['started']})")
        self.report(scene.name, stage.name, "power cut", len(moments),
                    [f"cut {m.index}, {m.how}: {'; '.join(m.wrong[:3])}" for m in red],
                    possible=possible["lost"] + possible["kept"] + possible["killed"], note=note)
        found.world.done()

    def without_sync(self, stage, place, num_started):
        """In whatever scene the place is synced: the first that goes red proves it."""
        cases = 0
        for scene in stage.scenes:
            if bool(scene.durable) != (stage.engine == "postgres"):
                continue
            if place not in sweep.places(scene, stage.disk) + [sweep.LATE_COMMITS] * bool(scene.durable):
                continue
            found = (scene.sweep or sweep.Sweep)(scene, stage, self.seed, place)
            moments = found.moments(40, 0)
            cases += len(moments)
            red = found.run(moments, 0, True) or found.run(found.moments(40, 0), num_started, True)
            found.world.done()
            if red:
                self.report(scene.name, stage.name, f"without sync: {place}", cases, [red[0].wrong[0]], True,
                            note=red[0].wrong[0][:90])
                return
        if place in NEEDLESS:
            print(f"ok   without sync: {place}: {cases} cases, not missed: {NEEDLESS[place]}", flush=True)
        else:
            self.report("all", stage.name, f"without sync: {place}", cases, [], False)

    # PostgreSQL

    def connections(self, stage, scene, num):
        """Each way in which the connection ends, and another service that takes over."""
        folder = f"{self.folder}/connection"
        for kind, how, num_of in [(connection_faults.Fault, how, num) for how in connection_faults.HOWS] + TAKEOVERS:
            name = connection_faults.HOWS.get(how) or f"another service begins, {how}"
            wrong, cases, possible = connection.sweep(stage, scene, folder, how, num_of, self.seed, kind)
            self.report(scene.name, stage.name, name, cases, wrong, possible=possible)

    def connection_bugs(self, stage, scene):
        for kind, how, name in CONNECTION_BUGS:
            wrong, cases, possible = connection.sweep(stage, scene, f"{self.folder}/bug", how, 40, self.seed, kind, True)
            self.report(scene.name, stage.name, f"seeded: {name}", cases, wrong, bool(wrong), possible,
                        wrong[0][:90] if wrong else "")

    # the counter

    def counter(self):
        """Its procedures on the pages and at the terminal, in a program of its own: pcscd wants a place of its own."""
        with subprocess.Popen([sys.executable, os.path.join(HERE, "counter_faults.py"), str(self.seed)], stdout=subprocess.PIPE,
                              text=True) as program:
            for line in program.stdout:
                row = json.loads(line)
                name = f"seeded: {row['fault']}" if row["bug"] is not None else row["fault"]
                self.report("the counter's procedures, at every step", "pages and terminal", name, row["cases"], row["wrong"], row["bug"])
        if program.returncode:
            self.report("the counter's procedures", "pages and terminal", "to the end", 0, [f"exit status {program.returncode}"])

    # faults

    def short(self, stage):
        scene = next(scene for scene in stage.scenes if scene.name == "hold")  # before it all is good
        return faults.Short(stage, scene.before, scene.pins, scene.clock)

    def fault_calls(self, stage, num):
        wrong, cases, possible = faults.faults(self.short(stage), f"{self.folder}/faults-{len(self.sweeps)}", self.seed, num)
        self.report("hold", stage.name, "failing calls", cases, wrong, possible=possible)

    def kills(self, stage, moments):
        wrong, cases = [], 0
        for role in ("signer", "commit", "status", "parent"):
            for after in moments:
                wrong += faults.kill(self.short(stage), f"{self.folder}/kill-{len(self.sweeps)}-{cases}", role, after)
                cases += 1
        self.report("hold", stage.name, "killed processes", cases, wrong)

    def kills_before_sync(self, stage):
        scene = next(scene for scene in stage.scenes if scene.name == "issue")
        wrong, cases = faults.killed_before_sync(stage, scene, f"{self.folder}/synced")
        self.report("issue", stage.name, "signer killed before its sync", cases, wrong)

    def stops(self, stage):
        self.report("hold", stage.name, "commit stands still", 1, faults.stop(self.short(stage), f"{self.folder}/stop"))

    def clocks(self, stage):
        times = ("2026-12-01T01:00:30Z", "2026-12-08T03:00:00Z", "2031-01-01T00:00:00Z")
        wrong = []
        for at, clock in enumerate(times):
            wrong += faults.jump(self.short(stage), f"{self.folder}/clock-{at}", clock)
        self.report("hold", stage.name, "clock jumps", len(times), wrong)


def all_places(stage):
    found = {place for scene in stage.scenes for place in sweep.places(scene, stage.disk)}
    return [name for name, _ in sweep.PLACES if name in found] + sorted(found - {name for name, _ in sweep.PLACES})


class Stages:
    """Each is played when the first sweep on it is wanted."""

    def __init__(self, folder, seed):
        self.folder, self.seed, self.played, self.token = folder, seed, {}, None

    def stage(self, name):
        if name not in self.played:
            self.played[name] = getattr(self, name)(f"{self.folder}/{name}")
        return self.played[name]

    def scene(self, name, scene):
        return next(one for one in self.stage(name).scenes if one.name == scene)

    def files(self, folder):
        return scenes.record(folder)

    def index(self, folder):
        """A log of more than two segments without an index: the start of the recorded scene makes that."""
        stage, wrong = scenes.record(folder, "issue"), []
        stage.scenes.clear()
        signed_index.lengthen(stage.data)
        stage.play("long log", scenes.hold, "2026-12-01T03:00:00Z")
        if signed_index.check(stage.data, wrong) != 2 or wrong:
            raise RuntimeError(f"the index has not two segments: {wrong}")
        return stage

    def copies(self, folder):
        stage = scenes.record(folder, "issue")
        stage.scenes.clear()
        copies.play(stage)
        return stage

    def server(self, folder):
        return scenes.record(folder, None, "postgres", self.seed)

    def tokens(self, folder):
        self.token = softhsm.Token(jpkid.PASSPHRASE)
        os.environ.update(self.token.environment)
        return scenes.record(folder, "hold", token=self.token)

    def done(self):
        for stage in self.played.values():
            stage.done()
        if self.token:
            self.token.stop()


def power_cuts(proof, stages, stage, names, *nums):
    for name in names:
        yield f"{stage}: power cut: {name}", lambda: proof.power_cut(stages.stage(stage), stages.scene(stage, name), *nums)


def without_syncs(proof, stages, stage, places, num_started):
    for place in places:
        yield f"{stage}: without sync: {place}", lambda: proof.without_sync(stages.stage(stage), place, num_started)


def steps(proof, stages):
    """(name, what to run) of every step, in order."""
    yield from power_cuts(proof, stages, "files", scenes.NAMES, 120, 60, 50)
    yield "files: without sync", lambda: [proof.without_sync(stages.stage("files"), place, 30)
                                          for place in all_places(stages.stage("files"))]
    for name, run in (("failing calls", lambda stage: proof.fault_calls(stage, 60)),
                      ("killed processes", lambda stage: proof.kills(stage, (0.005, 0.03, 0.08, 0.15))),
                      ("signer killed before its sync", proof.kills_before_sync),
                      ("commit stands still", proof.stops), ("clock jumps", proof.clocks)):
        yield f"files: {name}", lambda: run(stages.stage("files"))
    yield from power_cuts(proof, stages, "index", ("long log",), 12, 4, 6)
    yield from without_syncs(proof, stages, "index", ("signed.index",), 4)
    yield from power_cuts(proof, stages, "copies", [row[0] for row in copies.PLAY], 40, 20, 16)
    yield from without_syncs(proof, stages, "copies", COPIED_PLACES, 24)
    if softhsm.module():
        yield from power_cuts(proof, stages, "tokens", ("init", "issue", "hold"), 40, 20, 12)
        yield from without_syncs(proof, stages, "tokens", ("signed.log", "signer's certificate"), 12)
        yield "tokens: failing calls", lambda: proof.fault_calls(stages.stage("tokens"), 20)
        yield "tokens: killed processes", lambda: proof.kills(stages.stage("tokens"), (0.03, 0.1))
    if not pcscd.missing():
        yield "counter: a fault at every step", proof.counter
    if cluster.programs():
        yield from power_cuts(proof, stages, "server", ON_SERVER, 60, 40, 6)
        yield from without_syncs(proof, stages, "server", SERVER_PLACES, 0)
        for name, num in (("issue", 5), ("hold", 4), ("release", 3), ("event", 3), ("renew", 3), ("revoke", 3)):
            yield f"server: connection: {name}", lambda: proof.connections(stages.stage("server"), stages.scene("server", name), num)
        yield "server: seeded bugs", lambda: proof.connection_bugs(stages.stage("server"), stages.scene("server", "hold"))


ON_SERVER = [name for name in scenes.NAMES if name not in ("init", "pin", "roll-over", "permit-key")]  # no service runs in these
SERVER_PLACES = ("signed.log", "checkpoints", "published list", sweep.LATE_COMMITS)
COPIED_PLACES = ("manifest of a backup", "database of a backup", "folder of a backup", "file of a backup", "backup folder",
                 "note of backups", "restored signed.log", "restored file", "write-ahead log")


def prove(proof, names):
    stages = Stages(f"{proof.folder}/stages", proof.seed)
    try:
        for name, run in steps(proof, stages):
            if not names or any(word in name for word in names):
                run()
    finally:
        stages.done()
    for what, is_there in (("SoftHSM", softhsm.module()), ("PostgreSQL", cluster.programs())):
        if not is_there:
            print(f"{what} is not installed: nothing is proved with it")
    proof.write()
    proof.summary()


def few(proof):
    """The fixed sample of `make test`: a short run, a few starts, one sync taken away, one fault of each kind."""
    tap = Tap()
    stage = scenes.record(f"{proof.folder}/stage", "hold")
    for scene in stage.scenes:
        found = sweep.Sweep(scene, stage, proof.seed)
        red = found.run(found.moments(20, 6), 3)
        tap.check(not red, f"power cut: {scene.name}", [moment.wrong for moment in red[:3]])
    for scene, place in ((stage.scenes[2], "signed.log"), (stage.scenes[2], "write-ahead log"),
                         (stage.scenes[1], "card image"), (stage.scenes[0], "folder above")):
        found = sweep.Sweep(scene, stage, proof.seed, place)
        tap.check(found.run(found.moments(), 0, True), f"without the sync of {place} a violation is seen")
    short = proof.short(stage)
    for fault in ("signer:2:EIO", "commit:40:ENOSPC+", "commit:14:short"):
        wrong, happened = faults.run_fault(short, f"{proof.folder}/{fault}".replace(":", "-"), fault)
        tap.check(happened and not wrong, f"{fault}: an error is told and nothing is lost", wrong)
    tap.end()


def main():
    words = sys.argv[1:]
    seed = int(words.pop(words.index("--seed") + 1)) if "--seed" in words else 20261126
    folder = tempfile.mkdtemp(prefix="jpki-prove-")
    started = time.monotonic()
    proof = Proof(folder, seed)
    try:
        if "--few" in words:
            few(proof)
        prove(proof, [word for word in words if not word.startswith("--")])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"prove: {len(proof.sweeps)} sweeps, {proof.failed} red, {time.monotonic() - started:.0f} s")
    sys.exit(1 if proof.failed else 0)


main()
