#!/usr/bin/python3
"""make run: the town is served on ports that are free, every command that is printed works, in a first
start and in a second one over the same data, and the service ends when it is told to."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import pcscd
from tap import Tap, skip_all

SOURCE = os.environ["JPKI_SOURCE"]
RUN = os.path.join(SOURCE, "tools", "run")
LAST_LINE = "Ctrl-C ends the service."
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-run-")
environment = dict(os.environ, LC_ALL="C.UTF-8")

# what a newcomer types wrong: exit status, what is answered
WRONG = [
    ("jpki counter find --resident 1001", 1, r"--as STAFF says who asks"),
    ("jpki counter find --resident 99999 --as daiei1", 1, r"\[no-resident S14\]$"),
    ("jpki counter run 99 --as daiei1", 1, r"\[no-application\]$"),
    ("jpki counter find --resident 12x --as daiei1", 64, "^jpki: 12x: not a number"),
    ("jpki counter open --procedure new --as daiei1", 64, "needs the field resident"),
    ("jpki counter open --procedure nothing --resident 1001 --as daiei1", 64, "procedure is not"),
    ("jpki admin clock tomorrow --as admin1", 64, "^jpki: tomorrow: not a time .YYYY"),
    ("jpki admin import none.csv --as register1", 2, "^jpki: none.csv : open"),
    ("JPKI_ACTS_SOCKET= jpki counter list", 2, "^jpki: jpki-data/run/acts.sock : jpkid : it does not serve"),
    ("with-card letter.txt jpki card show", 2, "^with-card: no card\njpki: card image : length : only 9 bytes\n$"),
    ("with-card 1001.card jpki pin change --kind authentication --pin-fd 0 </dev/null", 2,
     "the descriptor of --pin-fd has no more lines"),
]


def start():
    """The process, and what it printed until it serves."""
    process = subprocess.Popen([RUN, folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env=environment, start_new_session=True)
    printed = []
    for line in process.stdout:
        printed.append(line)
        if line.strip() == LAST_LINE:
            break
    return process, "".join(printed)


def interrupt(process):
    """As Ctrl-C does: the whole group is told."""
    os.killpg(process.pid, signal.SIGINT)
    rest = process.stdout.read()
    return process.wait(20), rest


def commands(printed):
    return "\n".join(line[4:] for line in printed.splitlines() if line.startswith("    "))


def try_commands(printed):
    """All of them in one shell, as a person would paste them."""
    done = subprocess.run(["sh"], input=commands(printed), text=True, capture_output=True, timeout=120,
                          env=environment, cwd=SOURCE)
    return done.stdout + done.stderr


def test_wrong(printed):
    """In the shell of a person who pasted the first two commands."""
    begin = "\n".join(commands(printed).split("\n")[:2])
    for command, status, pattern in WRONG:
        done = subprocess.run(["sh", "-c", f"{begin}\n{command}"], text=True, capture_output=True, timeout=60,
                              env=environment, cwd=SOURCE)
        tap.check(done.returncode == status and re.search(pattern, done.stderr, re.M),
                  f"wrong: {command}", f"exit {done.returncode}: {done.stdout}{done.stderr}")


def test_start(name, wanted):
    process, printed = start()
    if not tap.check(LAST_LINE in printed, f"{name}: the town is served", printed):
        return
    tap.check("見本／SAMPLE" in printed, f"{name}: it says SAMPLE")
    output = try_commands(printed)
    for pattern in wanted:
        tap.check(re.search(pattern, output, re.M), f"{name}: a command answers {pattern!r}", output)
    tap.check(not re.search(r"usage|not found|No such", output), f"{name}: no command is wrong", output)
    test_wrong(printed)
    second = subprocess.run([RUN, folder], capture_output=True, text=True, timeout=30, env=environment)
    tap.check(second.returncode == 2 and "served already" in second.stderr,
              f"{name}: another one on the same data is refused", second.stdout + second.stderr)
    status, rest = interrupt(process)
    tap.check(status == 0 and "the data stays" in rest, f"{name}: Ctrl-C ends it with 0", (status, rest))
    left = subprocess.run(["flock", "--nonblock", f"{folder}/data/lock", "true"], check=False)
    tap.check(left.returncode == 0, f"{name}: nobody holds the data any more")


def main():
    absent = pcscd.missing("flock", "curl", "openssl", "pkcs15-tool")
    if absent:
        skip_all(f"{absent} is not installed")
    both = ["^verify OK", "^99: unknown", "^card id: 0003720000000013137220340514", "^signed: letter.txt.p7s",
            "^valid\ngood", "^invalid\nlost-or-held", "^invalid\nrevoked-or-held", r"release by holder for .* finished"]
    test_start("first start", [*both, "new by holder for .* finished", "^residents: resident 1001, name 北栄　花子, born 1986-05-14"])
    test_start("second start", [*both, "^residents: resident 1001, name 北栄　花子, born 1986-05-14"])
    shutil.rmtree(folder)
    tap.end()


main()
