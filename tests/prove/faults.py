"""What is no power cut: calls that fail, processes that die or stand still, a clock that jumps. A short
run of acts goes through it; then the service is started again on what is left, and everything that was
acknowledged must be there."""
import os
import random
import shutil
import signal
import threading

import centre
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
        """Holds, publishes, marks; left: the answers that said done."""
        number = None
        for name, who, fields in (
                ("application-open", "hotline1", {"procedure": "hold", "resident": scenes.HANAKO, "applicant": "holder"}),
                ("step", "hotline1", {"step": "identity"}), ("execute", "hotline1", {}), ("crl", "admin1", {}),
                ("event", "register1", {"resident": scenes.HANAKO, "event": "moved-within",
                                        "changes": {"address": "鳥取県東伯郡北栄町見本三丁目3番地3"}}),
                ("checkpoint", "admin1", {})):
            if name in ("step", "execute"):
                fields = dict(fields, number=number)
            answer = service.act(name, who, **fields)
            if answer and "done" in answer:
                number = answer["answer"].get("number", number)
                left.append((name, centre.dump(service.data)))
            elif answer and "error" not in answer and "refused" not in answer:
                raise RuntimeError(answer)


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
    if len(left) != 6:
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


# --- the clock ---

def jump(short, folder, clock):
    """Started at another time than before: numbers and thisUpdate rise all the same."""
    data, _ = short.open(folder)
    wrong = []
    check_after(short, data, [], centre.dump(data), wrong, clock)
    return [f"clock at {clock}: {sentence}" for sentence in wrong]
