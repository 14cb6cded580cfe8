#!/usr/bin/python3
"""jpki counter at a terminal: the service, a card in a reader, and what the town decided in etc/policy."""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import pcscd  # noqa: E402
from shell import Shell, both  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

gone = pcscd.missing()
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

SOURCE, BUILD = os.environ["JPKI_SOURCE"], os.environ["JPKI_BUILD"]
CARD = "0003720000000013137220340514"  # of resident 1001
tap = Tap()
folder = tempfile.TemporaryDirectory(prefix="jpki-counter-")
shell = Shell(folder.name, {"LC_ALL": "C.UTF-8", "PATH": f"{BUILD}:{os.environ['PATH']}",
                            "JPKI_ACTS_SOCKET": f"{folder.name}/data/run/acts.sock"})


class Town:
    """The sample town, served until the block ends."""

    def __enter__(self):
        self.process = subprocess.Popen(
            ["jpkid", "serve", "--data", "data", "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0",
             "--passphrase-fd", "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=folder.name, env=shell.environment)
        self.process.stdin.write("a passphrase\n")
        self.process.stdin.close()
        for line in self.process.stdout:
            if line.startswith("ready"):
                break
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()


def policy(key, value):
    text = shell.read("data/etc/policy").decode()
    shell.write("data/etc/policy", re.sub(f"(?m)^{key} = .*$", f"{key} = {value}", text))


def counter(command, staff="daiei1", pins=()):
    return shell.run("jpki", *command.split(), "--as", staff, *(["--pin-fd", "0"] if pins else []),
                     data="".join(f"{pin}\n" for pin in pins))


def number_in(done, name):
    return json.loads(done.stdout)[name]


def make_card(readers):
    shell.must("jpki", "card", "make", "1001.card", "--permit-key", "data/published/permit-key.pem",
               "--card-id", CARD)
    readers.insert(0, shell.path("1001.card"))
    parked = number_in(counter("admin card-register 1001.card.pub --json", "card1"), "parked")
    done = counter(f"counter approve {parked}", "card2")
    tap.check(done.returncode == 0, "the card is registered", both(done))


def test_pin_rule(readers):
    """S05: the letter and the digit are the town's to ask for; the terminal asks for what the town does."""
    with Town():
        make_card(readers)
        application = number_in(counter("counter open --procedure new --resident 1001 --kind both"
                                        " --pin never-set --json"), "number")
        done = counter(f"counter run {application} --yes", pins=("4649", "NASHIPEAR"))
        tap.check(done.returncode != 0 and "digit" in done.stderr, "the town wants a digit: refused",
                  both(done))
    policy("pin-letter-and-digit", "no")
    with Town():
        done = counter(f"counter run {application} --yes", pins=("NASHIPEAR",))
        tap.check(done.returncode == 0 and "finished" in done.stdout,
                  "the town wants none: set, and the application goes on to its end", both(done))


def main():
    shell.must("jpkid", "init", "--data", "data", "--sample", "--etc", f"{SOURCE}/etc",
               "--passphrase-fd", "0", data="a passphrase\n")
    with pcscd.Readers(1) as readers:
        test_pin_rule(readers)
    folder.cleanup()
    tap.end()


main()
