#!/usr/bin/python3
"""jpkid.conf: what the service goes by, which of option, file and default counts, and what is refused."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402

folder = tempfile.mkdtemp(prefix="jpki-config-")
DATA = os.path.join(folder, "data")
CONFIG = os.path.join(folder, "jpkid.conf")
SAMPLE = os.path.join(jpkid.SOURCE, "etc", "jpkid.conf")
UNITS = os.path.join(jpkid.SOURCE, "etc", "systemd")
tap = Tap()


def write(text):
    with open(CONFIG, "w") as file:
        file.write(text)


def ask(*words):
    """(status, standard output, standard error) of a command that asks for nothing."""
    done = subprocess.run([jpkid.PROGRAM, *words], capture_output=True, text=True, timeout=30,
                          stdin=subprocess.DEVNULL, env=dict(os.environ, LC_ALL="C.UTF-8"))
    return done.returncode, done.stdout, done.stderr


def check_told(*words):
    """{setting: (value or None, where from)} of serve --check."""
    status, out, errors = ask("serve", "--check", *words)
    told = re.findall(r"^# (.+)\n#?(\S+) =(?: (.+))?$", out, re.M)
    return {name: (value or None, source) for source, name, value in told} if status == 0 else errors


def test_check():
    write(f"# the town\ndata = {DATA}\nlisten = 127.0.0.1:0\nstatus-threads = 3\n")
    told = check_told("--config", CONFIG, "--listen", "[::1]:0")
    tap.check(told == {"data": (DATA, f"{CONFIG}, line 2"), "listen": ("[::1]:0", "command line"),
                       "web": (None, "not set"), "web-url": (None, "not set"), "user": (None, "not set"),
                       "status-threads": ("3", f"{CONFIG}, line 4")}, "--check tells each value and where it comes from", told)
    told = check_told("--data", DATA, "--listen", "127.0.0.1:0")
    tap.check(told["status-threads"] == ("2", "default"), "without a file the default counts", told)
    out = ask("serve", "--check", "--config", CONFIG, "--web", "127.0.0.1:0")[1]
    write(out.replace("#user =\n", ""))
    again = check_told("--config", CONFIG)
    tap.check(isinstance(again, dict) and again["web"][0] == "127.0.0.1:0" and again["status-threads"][0] == "3",
              "what it prints is such a file", (out, again))
    tap.check(not os.path.exists(DATA), "nothing was made or looked at")


REFUSED = [
    ("colour = red\n", "known setting : line 1: there is no such setting"),
    ("data = /a\ndata = /a\n", "data : line 2: stands there twice"),
    ("data = here\n", "data : line 1: expected a folder by its whole path"),
    ("\n\nlisten = localhost:80\n", "listen : line 3: expected ADDRESS:PORT in numbers"),
    ("status-threads = 65\n", "status-threads : line 1: expected a number from 1 to 64"),
    ("status-threads = 0\n", "status-threads : line 1: expected a number from 1 to 64"),
    ("passphrase = hush hush\n", "passphrase : line 1: no secret stands in this file"),
    ("data: /a\n", "key = value : line 1: not of this form"),
    ("data = /a", "line end : line 1: the last line has no newline"),
]


def test_refused():
    for text, wanted in REFUSED:
        write(text)
        for command in (["serve", "--data", DATA, "--listen", "127.0.0.1:0"],
                        ["backup", "--data", DATA, "--to", os.path.join(folder, "copy")]):
            status, out, errors = ask(*command, "--config", CONFIG)
            tap.check(status == 2 and f"{CONFIG} : {wanted}" in errors and "hush" not in errors + out,
                      f"{command[0]}: {wanted}", (status, errors))
    for words, wanted in ((["--status-threads", "65"], "--status-threads 65: expected a number from 1 to 64"),
                          (["--config", CONFIG, "--config", CONFIG], "--config is given twice"),
                          (["--listen", "localhost:80"], "--listen localhost:80: expected ADDRESS:PORT in numbers"),
                          (["--data", DATA], "these settings in the file")):
        status, _, errors = ask("serve", *words)
        tap.check(status == 64 and wanted in errors, f"serve {words[0]}: 64", (status, errors))
    status, _, errors = ask("serve", "--config", os.path.join(folder, "absent"))
    tap.check(status == 2 and "absent" in errors, "a file that is not there is 2", errors)


def test_sample():
    """etc/jpkid.conf: as it stands it says nothing; with its signs taken away it is whole."""
    told = check_told("--config", SAMPLE, "--data", DATA, "--listen", "127.0.0.1:0")
    tap.check(isinstance(told, dict) and all("jpkid.conf" not in source for _, source in told.values()),
              "the sample says nothing but defaults", told)
    with open(SAMPLE) as file:
        text = file.read()
    write(re.sub(r"^#(\S)", r"\1", text, flags=re.M))
    whole = check_told("--config", CONFIG)
    tap.check(isinstance(whole, dict) and all(CONFIG in source for _, source in whole.values())
              and whole.keys() == told.keys(), "the sample has every setting, each a value that is accepted", whole)
    for name in ("jpkid.service", "jpkid-backup.service"):
        with open(os.path.join(UNITS, name)) as file:
            unit = file.read()
        path = re.search(r"--config (\S+)", unit)[1]
        tap.check(f"AssertPathExists={path}\n" in unit and f"--config {path}" in text or name != "jpkid.service",
                  f"{name} goes by such a file, and does not start without", unit)


def threads_of(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def test_commands():
    """One file for all commands, from the first to the last."""
    write(f"data = {DATA}\nlisten = 127.0.0.1:0\nweb = 127.0.0.1:0\nstatus-threads = 5\n")
    status, errors = jpkid.run("init", "--config", CONFIG, "--sample", "--etc", os.path.join(jpkid.SOURCE, "etc"))
    tap.check(status == 0 and os.path.isdir(DATA), "init takes its folder from the file", errors)
    counts = {}
    for threads in ("5", "1"):
        words = [] if threads == "5" else ["--status-threads", threads]
        with jpkid.Service(DATA, "--config", CONFIG, *words) as service:
            tap.check(service.is_ready and "web" in service.urls, f"serve with {threads} threads, pages from the file",
                      service.said())
            counts[threads] = threads_of(service.role("status"))
    tap.check(counts["5"] - counts["1"] == 4, "status has the threads that it is told to have", counts)
    status, errors = jpkid.run("authority-new", "--config", CONFIG, "--kind", "signature")
    tap.check(status == 0, "authority-new", errors)
    copy = os.path.join(folder, "copy")
    status, _, errors = ask("backup", "--config", CONFIG, "--to", copy)
    tap.check(status == 0 and os.path.isdir(copy), "backup", errors)
    shutil.rmtree(DATA)
    status, errors = jpkid.run("restore", "--config", CONFIG, "--from", copy, "--lost-log", "1")
    tap.check(status == 0 and os.path.isdir(DATA), "restore", errors)
    write(f"data = {folder}/elsewhere\n")
    status, errors = jpkid.run("authority-new", "--config", CONFIG, "--kind", "signature")
    tap.check(status == 2 and "elsewhere" in errors, "another folder in the file is another folder", errors)


try:
    test_check()
    test_refused()
    test_sample()
    test_commands()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
