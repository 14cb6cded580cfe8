#!/usr/bin/python3
"""The long proofs: power cuts at every moment of recorded runs, each sync taken away, calls that fail,
processes that die, clocks that jump. Prints for each sweep its cases, its seed and its violations, and
writes them to build/prove.json. Exit status 1 on a violation, or when a seeded bug is not found.

    prove.py [--few] [--seed N] [NAME…]      --few: the fixed sample that `make test` runs, as TAP"""
import json
import os
import shutil
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import faults
import jpkid
import scenes
import sweep
from tap import Tap

# Syncs without which nothing that is promised is lost, each with its reason. All others must be missed.
NEEDLESS = {
    "rollback journal": "SQLite's own, before the database is switched to a write-ahead log: init has not ended",
    "mark of a sample": "only its name counts",
    "data/lock": "it is empty",
    "note of synced maps": "one that is not whole is not believed: the maps are made again from the changes",
    "status folder": "an older note has more changes replayed; a map that is gone is made again from all",
}
NUM_SHOWN = 4


class Proof:
    def __init__(self, folder, seed):
        self.folder, self.seed, self.sweeps = folder, seed, []
        self.failed = 0

    def report(self, name, cases, violations, bug_found=None, note=""):
        """bug_found: of a sweep with a seeded bug, whether it was seen; None: a sweep without one."""
        is_red = bool(violations) if bug_found is None else not bug_found
        self.failed += is_red
        found = "" if bug_found is None else f", seeded bug {'found' if bug_found else 'NOT FOUND'}"
        print(f"{'RED ' if is_red else 'ok  '} {name}: {cases} cases, seed {self.seed}, {len(violations)} violations"
              f"{found}{note}", flush=True)
        for sentence in violations[:NUM_SHOWN] if bug_found is None else []:
            print(f"     {sentence}", flush=True)
        self.sweeps.append({"name": name, "cases": cases, "seed": self.seed,
                            "violations": len(violations) if bug_found is None else 0, "seeded_bug_found": bug_found})
        return not is_red

    def write(self):
        with open(os.path.join(jpkid.BUILD, "prove.json"), "w") as file:
            json.dump({"sweeps": self.sweeps}, file, indent=1)

    # power cuts

    def power_cut(self, stage, scene, num_kept, num_killed, num_started):
        found = sweep.Sweep(scene, stage, self.seed)
        moments = found.moments(num_kept, num_killed)
        red = found.run(moments, num_started)
        possible = found.possible
        note = (f" (all lost {possible['lost']} of {possible['lost']}, one kept {min(num_kept, possible['kept'])} of "
                f"{possible['kept']}, all kept {min(num_killed, possible['killed'])} of {possible['killed']}; service "
                f"started {min(num_started, possible['started'])} of {possible['started']})")
        self.report(f"power cut: {scene.name}", len(moments), [f"cut {m.index}, {m.how}: {'; '.join(m.wrong[:3])}"
                                                              for m in red], note=note)
        found.world.done()

    def without_sync(self, stage, place, num_started):
        """In whatever scene the place is synced: the first that goes red proves it."""
        cases = 0
        for scene in stage.scenes:
            if place not in sweep.places(scene, stage.disk):
                continue
            found = sweep.Sweep(scene, stage, self.seed, place)
            moments = found.moments(40, 0)
            cases += len(moments)
            red = found.run(moments, 0, True) or found.run(found.moments(40, 0), num_started, True)
            found.world.done()
            if red:
                self.report(f"without sync: {place}", cases, [red[0].wrong[0]], True,
                            f" in {scene.name}: {red[0].wrong[0][:90]}")
                return
        if place in NEEDLESS:
            print(f"ok   without sync: {place}: {cases} cases, not missed: {NEEDLESS[place]}", flush=True)
        else:
            self.report(f"without sync: {place}", cases, [], False)

    # faults

    def short(self, stage):
        scene = next(scene for scene in stage.scenes if scene.name == "hold")  # before it all is good
        return faults.Short(stage, scene.before, scene.pins, scene.clock)

    def fault_calls(self, stage, num):
        wrong, cases, possible = faults.faults(self.short(stage), f"{self.folder}/faults", self.seed, num)
        self.report("failing calls", cases, wrong, note=f" (of {possible})")

    def kills(self, stage, moments):
        wrong, cases = [], 0
        for role in ("signer", "commit", "status", "parent"):
            for after in moments:
                wrong += faults.kill(self.short(stage), f"{self.folder}/kill-{cases}", role, after)
                cases += 1
        self.report("killed processes", cases, wrong)

    def kills_before_sync(self, stage):
        scene = next(scene for scene in stage.scenes if scene.name == "issue")
        wrong, cases = faults.killed_before_sync(stage, scene, f"{self.folder}/synced")
        self.report("signer killed before its sync", cases, wrong)

    def stops(self, stage):
        self.report("commit stands still", 1, faults.stop(self.short(stage), f"{self.folder}/stop"))

    def clocks(self, stage):
        times = ("2026-12-01T01:00:30Z", "2026-12-08T03:00:00Z", "2031-01-01T00:00:00Z")
        wrong = []
        for at, clock in enumerate(times):
            wrong += faults.jump(self.short(stage), f"{self.folder}/clock-{at}", clock)
        self.report("clock jumps", len(times), wrong)


def all_places(stage):
    found = {place for scene in stage.scenes for place in sweep.places(scene, stage.disk)}
    return [name for name, _ in sweep.PLACES if name in found] + sorted(found - {name for name, _ in sweep.PLACES})


def prove(proof, names):
    stage = scenes.record(f"{proof.folder}/stage")

    def is_wanted(name):
        return not names or any(word in name for word in names)
    for scene in stage.scenes:
        if is_wanted(f"power cut: {scene.name}"):
            proof.power_cut(stage, scene, 120, 60, 50)
    for place in all_places(stage):
        if is_wanted(f"without sync: {place}"):
            proof.without_sync(stage, place, 30)
    for name, run in (("failing calls", lambda: proof.fault_calls(stage, 60)),
                      ("killed processes", lambda: proof.kills(stage, (0.005, 0.03, 0.08, 0.15))),
                      ("signer killed before its sync", lambda: proof.kills_before_sync(stage)),
                      ("commit stands still", lambda: proof.stops(stage)), ("clock jumps", lambda: proof.clocks(stage))):
        if is_wanted(name):
            run()
    proof.write()


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
    for fault in ("signer:2:EIO", "commit:40:ENOSPC+", "commit:16:short"):
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
