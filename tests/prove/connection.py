"""What happens between commit and PostgreSQL: the connection is cut at a request, or the server is killed with all
its processes, before, while or after it works on it; another service takes the database over. A whole scene runs
into it; then the service is started again, everything that was answered is there, and what was begun goes on."""
import collections
import concurrent.futures
import os
import random
import shutil
import signal
import threading
import time

import centre
import cluster
import durable
import faults
import promises
import scenes
import trace
import wire

PARALLEL = 3

# How a connection ends at a request.
HOWS = {
    "unsent": "cut before the server has the request",
    "unread": "cut when the server has it; nobody waits for what it does",
    "unanswered": "cut when it has been done, before the answer comes back",
    "terminated": "pg_terminate_backend before it",
    "server killed before": "kill -9 of all of PostgreSQL before it",
    "server killed": "kill -9 of all of PostgreSQL while it works on it",
    "server killed after": "kill -9 of all of PostgreSQL when it has been done, before the answer comes back",
    "commit killed": "kill -9 of commit before the server has it",
    "signer killed": "kill -9 of signer before it",
}


class Fault(wire.Watch):
    """Does it once, at the request of that number. Before that it keeps what is committed: all of it has been
    answered, so that it is owed."""

    def __init__(self, run, number, how):
        self.run, self.number, self.how, self.name = run, number, how, None

    def ask(self, number, request, pass_on):
        if number != self.number:
            return pass_on()
        self.name = wire.name_of(request)
        self.run.owed = faults.Owed(cluster.dump(self.run.server.folder, centre.TABLES), self.run.data)
        return getattr(self, self.how.replace(" ", "_"))(pass_on)

    def unsent(self, pass_on):
        return None

    def unread(self, pass_on):
        threading.Thread(target=pass_on, daemon=True).start()
        return None

    def unanswered(self, pass_on):
        pass_on()
        return None

    def terminate(self):
        wire.query(self.run.server.folder, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                           " WHERE application_name = 'jpkid'")

    def terminated(self, pass_on):
        self.terminate()
        return pass_on() or None

    def end(self):
        """When the scene is over."""

    def server_killed_before(self, pass_on):
        self.run.server.kill()
        return pass_on() or None

    def server_killed(self, pass_on):
        work = threading.Thread(target=pass_on, daemon=True)
        work.start()
        time.sleep(random.Random(self.number).random() * 0.002)
        self.run.server.kill()
        work.join()
        return None

    def server_killed_after(self, pass_on):
        pass_on()
        self.run.server.kill()
        return None

    def commit_killed(self, pass_on):
        os.kill(self.run.role("commit"), signal.SIGKILL)
        return None

    def signer_killed(self, pass_on):
        os.kill(self.run.role("signer"), signal.SIGKILL)
        return pass_on()


class Takeover(Fault):
    """commit stands still at the request, and another service begins on a copy of its folder, as after a failover.
    From then on commit must get no COMMIT through. how: "lock lost", or its connection ended before."""
    other = None

    def rewrite(self, request):
        claim = b"SELECT pg_try_advisory_lock("
        if self.how == "lock lost" and claim in request:
            return replaced(request, request[5:-1], b"SELECT true")
        return request

    def ask(self, number, request, pass_on):
        answer = super().ask(number, request, pass_on)
        sentence = "two writers: one that was replaced has committed"
        is_commit = wire.name_of(request) == "COMMIT" and answer and b"COMMIT\0" in answer
        if is_commit and self.other and self.other.is_ready and sentence not in self.run.wrong:
            self.run.wrong.append(sentence)
        return answer

    def begin_other(self):
        data = f"{self.run.folder}/other/data"
        shutil.copytree(self.run.data, data, ignore=shutil.ignore_patterns("*.sock"))
        durable.write_address(data, self.run.server.store)
        self.other = centre.Service(data, self.run.memo, clock=self.run.scene.clock)
        for act in ("checkpoint", "crl") if self.other.is_ready else ():
            if "done" not in (self.other.act(act, "admin1") or {}):
                self.run.wrong.append(f"the new writer does no {act}")

    def lock_lost(self, pass_on):
        """Without the lock the number alone keeps them apart, or an open transaction the other from beginning."""
        self.begin_other()
        return pass_on()

    def connection_ended(self, pass_on):
        self.terminate()
        self.begin_other()
        if not self.other.is_ready:
            self.run.wrong.append(f"nobody takes over: {self.other.said().strip().splitlines()[-1:]}")
        return pass_on() or None

    def end(self):
        """What is looked at afterwards is the other's."""
        if self.other:
            self.other.stop()
            if self.other.is_ready:
                self.run.data = self.other.data


# --- seeded bugs ---

class Unfenced(Takeover):
    """And the number that each new writer raises reads always as that of the one that was replaced."""

    def rewrite(self, request):
        request = super().rewrite(request)
        fence = b"SELECT fence FROM writer WHERE number = 1"
        number = int(wire.query(self.run.server.folder, "SELECT fence FROM writer")[0][0]) if fence in request else 0
        return replaced(request, fence, b"SELECT fence - fence + %d FROM writer" % number)


class Weak(Fault):
    """PostgreSQL is told not to wait for its disk, which commit had asked for."""

    def rewrite(self, request):
        told = b"SELECT set_config('synchronous_commit', 'off', false)"
        return replaced(request, b"SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)", told)


class Early(Fault):
    """Somebody between them answers every COMMIT at once, and passes it on only before the next request."""
    waiting = None

    def ask(self, number, request, pass_on):
        waiting, self.waiting = self.waiting, None
        if number == self.number and waiting:
            return None  # the connection is cut, and what was promised was not passed on
        if waiting:
            waiting()
        if wire.name_of(request) != "COMMIT":
            return super().ask(number, request, pass_on)
        self.waiting = pass_on
        return b"C" + (4 + 7).to_bytes(4, "big") + b"COMMIT\0" + b"Z\0\0\0\5I"


def replaced(request, old, new):
    """The request with other words in its first message, a Query or a Parse."""
    length = int.from_bytes(request[1:5], "big")
    body, rest = request[5:1 + length], request[1 + length:]
    if request[:1] not in (b"Q", b"P") or old not in body:
        return request
    body = body.replace(old, new)
    return request[:1] + (4 + len(body)).to_bytes(4, "big") + body + rest


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
    done = collections.Counter(act.name for act in answers if act.outcome == "done")
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


def one(stage, scene, folder, number, how, kind=Fault):
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


def sweep(stage, scene, folder, how, num, seed, kind=Fault, stops_at_first=False):
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
