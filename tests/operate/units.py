#!/usr/bin/python3
"""The service under a service manager: what it tells, as whom it runs, and the units of etc/systemd."""
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402

folder = tempfile.mkdtemp(prefix="jpki-units-")
DATA = os.path.join(folder, "data")
UNITS = os.path.join(jpkid.SOURCE, "etc", "systemd")
EXPOSURE_MOST = {"jpkid.service": 1.5, "jpkid-follow.service": 1.5, "jpkid-backup.service": 1.0}
tap = Tap()


class Manager:
    """A service manager's end: what it was told, and when."""

    def __init__(self, name):
        self.told, self.environment = [], {"NOTIFY_SOCKET": name.replace("\0", "@")}
        self.end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.end.bind(name)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            said = self.end.recv(4096).decode()
            self.told.append((time.monotonic(), said))

    def heard(self, word, num=1, seconds=10):
        """The times at which the word came, as soon as there are so many or the time is over."""
        until = time.monotonic() + seconds
        while True:
            times = [when for when, said in self.told if word in said.splitlines()]
            if len(times) >= num or time.monotonic() > until:
                return times
            time.sleep(0.02)


def test_notify():
    """READY only when it answers, signs of life in time, STOPPING at the end."""
    for name in (os.path.join(folder, "notify"), "\0jpki-units-" + str(os.getpid())):
        manager = Manager(name)
        manager.environment["WATCHDOG_USEC"] = "1000000"
        with jpkid.Service(DATA, environment=manager.environment) as service:
            ready = manager.heard("READY=1")
            tap.check(len(ready) == 1 and service.is_ready and not manager.heard("STOPPING=1", seconds=0),
                      "it says when it is ready", manager.told)
            signs = manager.heard("WATCHDOG=1", len(manager.heard("WATCHDOG=1", 0, 0)) + 3)
            gaps = [later - sooner for sooner, later in zip(signs, signs[1:])]
            tap.check(len(gaps) >= 2 and max(gaps) < 1, "it lives, and says so before the manager loses patience", gaps)
            hidden = True
            for role in service.roles().values():
                with open(f"/proc/{role}/environ", "rb") as file:
                    hidden = hidden and b"NOTIFY_SOCKET" not in file.read()
            tap.check(hidden, "the four processes do not know the manager")
            service.stop()
            tap.check(len(manager.heard("STOPPING=1")) == 1, "and that it ends", manager.told)
    with jpkid.Service(DATA, environment={"NOTIFY_SOCKET": os.path.join(folder, "nobody")}) as service:
        tap.check(service.is_ready, "a manager that is gone is no reason not to serve", service.said())


def test_no_early_ready():
    """What cannot serve is never said to be ready."""
    manager = Manager(os.path.join(folder, "early"))
    process = jpkid.begin("serve", "--data", DATA, "--listen", "127.0.0.1:0", passphrase="a wrong one", environment=manager.environment,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    status = process.wait(60)
    tap.check(status != 0 and not manager.heard("READY=1", seconds=0.5), "with a wrong passphrase it is not ready",
              (status, manager.told))


def status_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def test_user():
    """Root becomes the user named, for good; otherwise it does not start."""
    if os.geteuid() != 0:
        tap.skip("root becomes another user", "this test is not run by root")
        return
    import pwd
    nobody = pwd.getpwnam("nobody")
    program = os.path.join(folder, "jpkid")  # nobody may not be allowed to reach the one that was built
    shutil.copy(jpkid.PROGRAM, program)
    shutil.copy(f"{jpkid.BUILD}/jpkid-forms", folder)
    for place, folders, files in os.walk(folder):
        for name in [place] + [os.path.join(place, name) for name in folders + files]:
            if not stat.S_ISSOCK(os.lstat(name).st_mode):
                os.chown(name, nobody.pw_uid, nobody.pw_gid)
    jpkid.PROGRAM = program
    with jpkid.Service(DATA, "--user", "nobody", extra_groups=[0, 1]) as service:
        tap.check(service.is_ready, "started as root with --user it serves", service.said())
        for name, pid in {"parent": service.process.pid, **service.roles()}.items():
            found = status_of(pid)
            ids = set(found["Uid"].split()) | set(found["Gid"].split())
            tap.check(ids == {str(nobody.pw_uid), str(nobody.pw_gid)} and int(found["CapEff"], 16) == 0
                      and int(found["CapPrm"], 16) == 0 and found["NoNewPrivs"] == "1"
                      and set(found["Groups"].split()) <= {str(nobody.pw_gid)},
                      f"{name} is nobody's, without capability or a way back",
                      {word: found[word] for word in ("Uid", "Gid", "Groups", "CapEff", "CapPrm", "NoNewPrivs")})
    for user, why in (("no-such-user", "nobody known"), ("root", "root is root")):
        status, errors = jpkid.run("serve", "--data", DATA, "--listen", "127.0.0.1:0", "--user", user)
        tap.check(status != 0 and why in errors, f"--user {user} is refused", (status, errors))
    status, errors = jpkid.run("serve", "--data", DATA, "--listen", "127.0.0.1:0", "--user", "daemon",
                               user="nobody", extra_groups=[])
    tap.check(status != 0 and "only root can become" in errors, "nobody becomes another user", (status, errors))


def unit_copy(name, *changes):
    """The unit in a folder of its own, its programs where some are, with lines added."""
    place = tempfile.mkdtemp(dir=folder)
    with open(os.path.join(UNITS, name)) as file:
        text = file.read()
    for line in changes:
        text = text.replace("[Service]", "[Service]\n" + line)
    with open(os.path.join(place, name), "w") as file:
        file.write(text)
    return os.path.join(place, name)


def exposure(path):
    """systemd's own score, 0 (none) to 10; None when it says none."""
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", path], capture_output=True,
                          text=True, timeout=60, env=dict(os.environ, LC_ALL="C.UTF-8"))
    found = re.search(r"Overall exposure level for .*: ([0-9.]+)", done.stdout)
    return float(found[1]) if found else None


def verify(path):
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, LC_ALL="C.UTF-8"))
    return done.returncode, done.stderr


def test_units():
    if not shutil.which("systemd-analyze"):
        tap.skip("units of systemd", "systemd-analyze is not installed")
        return
    for name in sorted(os.listdir(UNITS)):
        path = os.path.join(UNITS, name)
        status, errors = verify(path)
        tap.check(status == 0 and name not in errors, f"systemd understands all of {name}", errors)
        if name.endswith(".service"):
            score = exposure(path)
            tap.check(score is not None and score <= EXPOSURE_MOST[name], f"{name}: exposure {score}", score)
    wrong = unit_copy("jpkid.service", "ProtectEverything=yes")
    tap.check("ProtectEverything" in verify(wrong)[1], "(a word that systemd does not know is seen)")
    with open(wrong) as file:
        text = file.read().replace("CapabilityBoundingSet=\n", "").replace("ProtectSystem=strict\n", "") \
            .replace("User=jpkid\n", "").replace("SystemCallFilter=", "#")
    with open(wrong, "w") as file:
        file.write(text)
    tap.check(exposure(wrong) > EXPOSURE_MOST["jpkid.service"], "(a unit that lacks the half of it is seen)",
              exposure(wrong))


def allowed_calls(unit):
    """The system calls that the unit's filter lets through, its groups taken apart by systemd."""
    groups, group = {}, None
    listing = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager"], capture_output=True, text=True,
                             timeout=60, env=dict(os.environ, LC_ALL="C.UTF-8")).stdout
    for line in listing.splitlines():
        word = line.strip()
        if line.startswith("@"):
            group = groups.setdefault(word, [])
        elif group is not None and word and not word.startswith("#"):
            group.append(word)

    def calls_of(word):
        return {call for part in groups[word] for call in calls_of(part)} if word in groups else {word}

    allowed = calls_of("@default")
    with open(unit) as file:
        for line in file:
            if line.startswith("SystemCallFilter="):
                words = line.strip().partition("=")[2]
                calls = {call for word in words.lstrip("~").split() for call in calls_of(word)}
                allowed = allowed - calls if words.startswith("~") else allowed | calls
    return allowed


def traced(name, *words):
    """The system calls of a command and all its processes."""
    trace = os.path.join(folder, name)
    fd = jpkid.lines_fd(jpkid.PASSPHRASE)
    more = ["--passphrase-fd", str(fd)] if words[0] == "serve" else []
    process = subprocess.Popen(["strace", "-f", "-qq", "-o", trace, jpkid.PROGRAM, *words, *more], pass_fds=[fd],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    os.close(fd)
    if words[0] == "serve":
        for line in process.stdout:
            if line.startswith("ready"):
                break
        time.sleep(1)
        with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
            os.kill(int(file.read().split()[0]), signal.SIGTERM)
    process.stdout.read()
    process.stdout.close()
    status = process.wait(60)
    with open(trace) as file:
        return status, set(re.findall(r"^\d+ +(\w+)\(", file.read(), re.M))


def test_filter():
    """What the service and its backup do is within what their units allow."""
    if not shutil.which("strace") or not shutil.which("systemd-analyze"):
        tap.skip("system calls within the units' filters", "strace or systemd-analyze is not installed")
        return
    for unit, words in (("jpkid.service", ("serve", "--data", DATA, "--listen", "127.0.0.1:0")),
                        ("jpkid-backup.service", ("backup", "--data", DATA, "--to", os.path.join(folder, "backup")))):
        status, calls = traced(unit, *words)
        allowed = allowed_calls(os.path.join(UNITS, unit))
        of_root = {"fchown"} if os.geteuid() == 0 else set()  # SQLite's, for the files beside its database
        outside = calls - allowed - of_root
        tap.check(status == 0 and len(calls) > 30 and not outside, f"{unit}: {len(calls)} system calls, all allowed",
                  (status, len(calls), len(allowed), outside))
        tap.check("mount" not in allowed and "ptrace" not in allowed and "setuid" not in allowed,
                  "(the filter leaves out what it should)")


def test_command_lines():
    """The words that the units start are words that jpkid knows."""
    for name in ("jpkid.service", "jpkid-backup.service"):
        with open(os.path.join(UNITS, name)) as file:
            line = next(line for line in file if line.startswith("ExecStart="))
        command = re.search(r"/jpkid (\w+)", line)[1]
        known = subprocess.run([jpkid.PROGRAM, command, "--help"], capture_output=True, text=True, timeout=20)
        for word in re.findall(r"--[a-z-]+", line):
            tap.check(word in known.stdout + known.stderr, f"{name}: jpkid {command} knows {word}", known.stdout)


try:
    jpkid.init(DATA)
    test_units()
    test_command_lines()
    if "--few" not in sys.argv:  # a sanitizer makes calls of its own
        test_filter()
    test_notify()
    test_no_early_ready()
    test_user()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
