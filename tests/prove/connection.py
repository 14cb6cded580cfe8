"""What happens between commit and PostgreSQL: the connection is cut at a request, or the server is killed with all
its processes, before, while or after it works on it; another service takes the database over. A whole scene runs
into it; then the service is started again, everything that was answered is there, and what was begun goes on."""
import collections
import concurrent.futures
import os
import random
import shutil
import time

import centre
import cluster
import connection_faults
import durable
import faults
import promises
import scenes
import trace
import wire

PARALLEL = 3


# --- one run ---

class Run(scenes.Stage):
    """A scene that is played again, on a copy of the disk and of PostgreSQL as they were before it."""

    def __init__(self, stage, scene, folder):
        self.folder, self.scene, self.memo, self.pins = folder, scene, stage.memo, list(scene.pins_before)
        self.disk = f"{folder}/disk"
        self.data, self.cards = f"{self.disk}/data", f"{self.disk}/cards"
        shutil.copytree(scene.before, self.disk)
        self.server = scene.durable.open(0, self.data)
        self.before = centre.dump(self.data)
        self.owed, self.wrong = faults.Owed(self.before, self.data), []
        self.recording = centre.Recording(self.disk, f"{folder}/record")
        self.done_by_other = collections.Counter()  # acts that were done at another service on the same database
        self.service = self.proxy = self.why = None

    def role(self, name):
        """Its process, also while the service is still starting."""
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    words = file.read().decode().split("\0")
            except OSError:
                continue
            if words[1:3] == ["role", name] and self.data in words:
                return int(entry)
        raise RuntimeError(f"no {name} on {self.data}")

    def play(self, watch):
        """Until its end, or until it can go on no more; then the service must have ended by itself."""
        self.proxy = wire.Proxy(f"{self.folder}/proxy", lambda: self.server.folder, watch)
        durable.write_address(self.data, self.proxy.store)
        try:
            with centre.Service(self.data, self.memo, self.recording, self.scene.clock) as self.service:
                if not self.play_scene() and self.service.wait() is None:
                    self.wrong.append(f"it lost its database or its signer, and does not end ({self.why})")
            if "jpkid: " not in self.service.said() and watch.name:
                self.wrong.append("it ended and said nothing")
        finally:
            self.proxy.close()

    def play_scene(self):
        if not self.service.is_ready:
            return False
        for kind in centre.KINDS:
            if self.service.process.poll() is None:
                self.service.ocsp(kind, [1], 1)
        try:
            self.scene.act(self)
            return True
        except (RuntimeError, OSError, EOFError, ValueError) as error:
            self.why = error
            return False

    def answered(self):
        """The acts that were answered."""
        return [act for _, what, act in trace.acknowledgements(trace.read(self.recording.file)) if what == "act"]

    def begin_again(self):
        """PostgreSQL as it is after what happened, and nobody between."""
        if self.server.process.poll() is not None:
            self.server.begin()
        durable.write_address(self.data, self.server.store)
        wait_for(lambda: not self.server.backends(), 10)
        faults.wait_for_end(self.data)

    def done(self):
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_for(what, seconds):
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.01)


# --- what must be there afterwards ---

def num_of(database, act, *ends):
    return sum(row["kind"] in [f"{act}:{end}" for end in ends] and row["actor"] != "system" for row in database["journal"])


def check_answers(run, database):
    """What was answered with done stands in the journal; what was told not to be done does not."""
    journalled = {row["kind"].split(":")[0] for row in run.scene.durable.dumps[-1]["journal"]} - {"approve"}
    answers = [act for act in run.answered() if act.name in journalled]
    done = run.done_by_other + collections.Counter(act.name for act in answers if act.outcome == "done")
    for name, num in done.items():
        ends = ("done", "parked")
        if num_of(database, name, *ends) < num_of(run.before, name, *ends) + num:
            run.wrong.append(f"{name} was answered with done, and its journal entry is gone")
    for act in answers:
        more = num_of(database, act.name, "done") - num_of(run.before, act.name, "done")
        if act.outcome == "error" and "not-done" in act.answer["text"] and more > done[act.name]:
            run.wrong.append(f"{act.name} was told not to be done, and is: {act.answer['text']}")


def check(run):
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(centre.seconds(run.scene.clock) + 1800))
    database = cluster.dump(run.server.folder, centre.TABLES)
    check_answers(run, database)
    with open(f"{run.data}/signer/signed.log", "rb") as file:
        promises.check_log(promises.log_records(file.read(), run.wrong), database, run.wrong)
    promises.check_journal(database, run.owed.checkpoints, run.wrong)
    with centre.Service(run.data, run.memo, clock=later) as service:
        promises.running(service, run.owed, run.wrong)
        for row in centre.dump(run.data)["application"]:
            if row["state"] == 0 and not run.wrong:
                promises.goes_on(service, row, run.card(row["resident"]), run.scene.pins, run.wrong)


def one(stage, scene, folder, number, how, kind=connection_faults.Fault):
    """One case: (violations, the request that it met; None: there was none of that number)."""
    run = Run(stage, scene, folder)
    watch = kind(run, number, how)
    try:
        run.play(watch)
        watch.end()
        run.begin_again()
        check(run)
        return run.wrong, watch.name
    finally:
        run.done()


def requests(stage, scene, folder):
    """The names of the requests that commit makes in the scene."""
    run = Run(stage, scene, folder)
    try:
        run.play(wire.Watch())
        return run.proxy.names
    finally:
        run.done()


def choose(names, num, chance):
    """Numbers of requests: half of them a COMMIT or what follows one, the others any."""
    ends = [number for at, name in enumerate(names, 1) if name == "COMMIT" for number in (at, at + 1) if number <= len(names)]
    first = chance.sample(ends, min(len(ends), (num + 1) // 2))
    rest = [number for number in range(1, len(names) + 1) if number not in first]
    return first + chance.sample(rest, min(len(rest), num - len(first)))


def sweep(stage, scene, folder, how, num, seed, kind=connection_faults.Fault, stops_at_first=False):
    """A sample of the requests of a scene: (violations, cases, how many there could be)."""
    names = requests(stage, scene, f"{folder}/count")
    chosen, wrong, cases = choose(names, num, random.Random(f"{seed} {scene.name} {how}")), [], 0
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        jobs = {pool.submit(one, stage, scene, f"{folder}/{number}", number, how, kind): number for number in chosen}
        for job in concurrent.futures.as_completed(jobs):
            if job.cancelled():
                continue
            found, name = job.result()
            cases += 1
            wrong += [f"request {jobs[job]} ({name}): {sentence}" for sentence in found]
            if wrong and stops_at_first:
                for other in jobs:
                    other.cancel()
    return wrong, cases, len(names)
