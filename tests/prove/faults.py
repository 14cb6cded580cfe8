"""What is no power cut: calls that fail, processes that die or stand still, a clock that jumps. A short
run of acts goes through it; then the service is started again on what is left, and everything that was
acknowledged must be there."""
import os
import random
import shutil
import signal
import threading

import centre
import disk
import promises
import scenes
import trace

WAYS = ("EIO", "ENOSPC", "EINTR", "short", "EIO+", "ENOSPC+")


class Short:
    """A copy of a disk on which a certificate is good, and a short run of acts on it."""

    def __init__(self, stage, before, pins, clock):
        self.stage, self.before, self.pins, self.clock = stage, before, pins, clock

    def open(self, folder):
        shutil.copytree(self.before, f"{folder}/disk")
        return f"{folder}/disk/data", centre.Recording(f"{folder}/disk", f"{folder}/record")

    def acts(self, service, left):
        """A hold by telephone, a list, a move, a checkpoint; left: what was done, with the database then."""
        done = self.ask(service, left, "application-open", "hotline1", procedure="hold", resident=scenes.HANAKO,
                        applicant="holder")
        while done and done.get("next"):
            step = done["next"]["step"]
            fields = {} if step == "hold" else {"step": step}
            done = self.ask(service, left, "execute" if step == "hold" else "step", "hotline1",
                            number=done["number"], **fields)
        self.ask(service, left, "crl", "admin1")
        self.ask(service, left, "event", "register1", resident=scenes.HANAKO, event="moved-within",
                 changes={"address": "鳥取県東伯郡北栄町見本三丁目3番地3"})
        self.ask(service, left, "checkpoint", "admin1")

    def ask(self, service, left, name, who, **fields):
        answer = service.act(name, who, **fields)
        if not answer or "done" not in answer:
            return None
        left.append((name, centre.dump(service.data)))
        return answer["answer"]


class Owed:
    """What is owed after the last answer; the lists and checkpoints that the folder shows by then."""

    def __init__(self, database, data):
        self.database, self.cards, self.published = database, {}, set()
        with open(f"{data}/signer/signed.log", "rb") as file:
            self.records = promises.log_records(file.read(), [])
        with open(f"{data}/journal/checkpoints", "rb") as file:
            self.checkpoints = file.read()
        self.lists = {kind: promises.read_list(data, kind) for kind in centre.KINDS}


def check_after(short, data, left, database, wrong, clock=None):
    """Starts again, without the fault, and looks."""
    owed = Owed(left[-1][1] if left else database, data)
    with centre.Service(data, short.stage.memo, clock=clock or short.clock) as service:
        promises.running(service, owed, wrong)
        if not wrong:
            said = service.act("event", "register1", resident=scenes.TAKESHI, event="other-item-changed",
                               changes={"telephone": "0858-00-9999"})
            if not said or "error" in said:
                wrong.append(f"and takes no act any more: {said}")


def run_fault(short, folder, fault):
    """One run with one fault: (violations, whether the fault happened)."""
    data, recording = short.open(folder)
    wrong, left, before = [], [], centre.dump(data)
    with centre.Service(data, short.stage.memo, recording, short.clock, fault) as service:
        if service.is_ready:
            short.acts(service, left)
        alive = service.process.poll() is None
        said = service.said()
    happened = trace.counts(recording.file)[1]
    if happened and not alive and "jpkid: " not in said:
        wrong.append("it ended and said nothing")
    check_after(short, data, left, before, wrong)
    return wrong, happened


def count_calls(short, folder):
    """How many calls that write or sync each role makes in the run."""
    data, recording = short.open(folder)
    left = []
    with centre.Service(data, short.stage.memo, recording, short.clock) as service:
        short.acts(service, left)
    if not {"execute", "crl", "event", "checkpoint"} <= {name for name, _ in left}:
        raise RuntimeError(f"the run without a fault is not done: {[name for name, _ in left]}")
    return {role: num for role, num in trace.counts(recording.file)[0].items() if role in ("signer", "commit")}


def faults(short, folder, seed, num):
    """A sample of (role, call, way): the violations, as sentences, and how many there could be."""
    calls, chance, wrong = count_calls(short, f"{folder}/count"), random.Random(seed), []
    cases = [f"{role}:{call}:{way}" for role, calls_of in calls.items() for call in range(1, calls_of + 1)
             for way in WAYS]
    chosen = chance.sample(cases, min(num, len(cases)))
    for fault in chosen:
        where = f"{folder}/{fault.replace(':', '-')}"
        found, _ = run_fault(short, where, fault)
        wrong += [f"{fault}: {sentence}" for sentence in found]
        shutil.rmtree(where)
    return wrong, len(chosen), len(cases)


# --- processes that die or stand still ---

def kill(short, folder, role, after):
    """SIGKILL of a role in the midst of the run."""
    data, recording = short.open(folder)
    wrong, left, before = [], [], centre.dump(data)
    with centre.Service(data, short.stage.memo, recording, short.clock) as service:
        victim = service.process.pid if role == "parent" else service.role(role)
        timer = threading.Timer(after, os.kill, (victim, signal.SIGKILL))
        timer.start()
        short.acts(service, left)
        timer.join()
        if role in ("parent", "signer", "commit"):
            service.process.wait(20)
    if role == "parent":
        wait_for_end(data)
    check_after(short, data, left, before, wrong)
    return [f"{role} killed after {after:.3f} s: {sentence}" for sentence in wrong]


def wait_for_end(data):
    """Children die with their parent; until then the next start is refused."""
    for _ in range(200):
        status, _, _ = centre.run("flock", "-n", f"{data}/signer/signed.log", "true")
        if status == 0:
            return


def stop(short, folder):
    """commit stands still: OCSP goes on, no act is acknowledged; then it goes on, and they are done."""
    data, recording = short.open(folder)
    wrong = []
    with centre.Service(data, short.stage.memo, recording, short.clock) as service:
        service.ocsp("signature", [1])
        commit = service.role("commit")
        os.kill(commit, signal.SIGSTOP)
        answer = service.act("application-open", "hotline1", timeout=1, procedure="hold", resident=scenes.HANAKO,
                             applicant="holder")
        if answer is not None:
            wrong.append(f"an act was answered by nobody: {answer}")
        serials = [row["serial"] for row in centre.dump(data)["certificate"] if row["kind"] == 0 and row["state"] == 2]
        if set(service.ocsp("signature", serials).values()) != {"good"}:
            wrong.append("OCSP does not answer while commit stands still")
        os.kill(commit, signal.SIGCONT)
        if "done" not in (service.act("status", "admin1") or {}):
            wrong.append("commit does not go on")
    return wrong


def killed_before_sync(stage, scene, folder):
    """The signer was killed between a record of signed.log and its sync. The next start reads the record, and
    may sign its bytes again without a new one: before that it is synced. (violations, cases)"""
    model, wrong, cases = disk.Disk(stage.disk, scene.before), [], 0
    for index, event in enumerate(scene.events):
        model.take(event)
        opened = model.open.get((event.process, event.fd), ("", None))
        if event.type != trace.WRITE or not opened[0].endswith("/signed.log"):
            continue
        root = f"{folder}/{index}"
        disk.write(model.live_tree(), f"{root}/disk")
        os.makedirs(f"{root}/disk/data/run", exist_ok=True)
        recording = centre.Recording(f"{root}/disk", f"{root}/record")
        with centre.Service(f"{root}/disk/data", stage.memo, recording, scene.clock) as service:
            service.ocsp("signature", [1])
        again = disk.Disk(f"{root}/disk", f"{root}/disk")
        is_synced, events, cases = False, trace.read(recording.file), cases + 1
        left = {at for at, what, asked in trace.acknowledgements(events) if what == "signature" and asked[:1] < b"\5"}
        for at, event in enumerate(events):
            path = again.open.get((event.process, event.fd), ("",))[0]
            is_synced = is_synced or (event.type == trace.SYNC and path.endswith("/signed.log"))
            again.take(event)
            if at in left and not is_synced:
                wrong.append(f"killed at {index}: a signature left over a record that is not on the disk")
                break
        shutil.rmtree(root)
    return wrong, cases


# --- the clock ---

def jump(short, folder, clock):
    """Started at another time than before: numbers and thisUpdate rise all the same."""
    data, _ = short.open(folder)
    wrong = []
    check_after(short, data, [], centre.dump(data), wrong, clock)
    return [f"clock at {clock}: {sentence}" for sentence in wrong]
