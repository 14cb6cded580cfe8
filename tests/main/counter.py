#!/usr/bin/python3
"""jpki counter at a terminal: the service, a card in a reader, and what the town decided in etc/policy."""
import json
import os
import re
import shlex
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
import pcscd  # noqa: E402
from shell import Shell, both  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

gone = pcscd.missing()
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

CARD = "0003720000000013137220340514"  # of resident 1001
tap = Tap()
folder = tempfile.TemporaryDirectory(prefix="jpki-counter-")
DATA = f"{folder.name}/data"
shell = Shell(folder.name, {"LC_ALL": "C.UTF-8", "PATH": f"{jpkid.BUILD}:{os.environ['PATH']}",
                            "JPKI_ACTS_SOCKET": f"{DATA}/run/acts.sock"})


def policy(key, value):
    text = shell.read("data/etc/policy").decode()
    shell.write("data/etc/policy", re.sub(f"(?m)^{key} = .*$", f"{key} = {value}", text))


def counter(command, staff="daiei1", pins=()):
    return shell.run("jpki", *shlex.split(command), "--as", staff, *(["--pin-fd", "0"] if pins else []),
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


def test_town(readers):
    """S05: the letter and the digit are the town's to ask for; the terminal asks for what the town does."""
    with jpkid.Service(DATA):
        make_card(readers)
        application = number_in(counter("counter open --procedure new --resident 1001 --kind both"
                                        " --pin never-set --json"), "number")
        done = counter(f"counter run {application} --yes", pins=("4649", "NASHIPEAR"))
        tap.check(done.returncode != 0 and "digit" in done.stderr, "the town wants a digit: refused",
                  both(done))
    policy("pin-letter-and-digit", "no")
    with jpkid.Service(DATA):
        done = counter(f"counter run {application} --yes", pins=("NASHIPEAR",))
        tap.check(done.returncode == 0 and "finished" in done.stdout,
                  "the town wants none: set, and the application goes on to its end", both(done))
        test_hold_mistaken()
        ask = test_exception()
        parked = number_in(counter(ask), "parked")
    policy("signature-exceptions", "no")
    with jpkid.Service(DATA):
        test_exceptions_off(ask, parked)


def refuses(done, code, name):
    tap.check(done.returncode == 1 and f"[{code}" in done.stderr, name, both(done))


def test_exception():
    """S15's "in principle": two officers, one of whom wrote down why."""
    ask = ("counter exception --procedure new --applicant legal-representative --kind signature"
           " --pin never-set --resident ")
    basis = " --note 'order of the family court'"
    refuses(counter(f"{ask}1010"), "no-basis", "no exception without a basis")
    refuses(counter(f"{ask}1001{basis}"), "no-exception-needed", "nor for one who may apply alone")
    refuses(counter(f"{ask}1010{basis}", "hotline1"), "role", "nor by telephone")
    done = counter(f"{ask}1010{basis} --json")
    tap.check(done.returncode == 0, "with a basis it waits for a second officer", both(done))
    parked = number_in(done, "parked")
    refuses(counter(f"counter approve {parked}"), "same-person", "who asked for it does not approve it")
    refuses(counter(f"counter approve {parked}", "register1"), "role", "nor does the register")
    done = counter(f"counter approve {parked} --json", "hojo1")
    tap.check(done.returncode == 0 and number_in(done, "kinds") == "signature",
              "another officer does: the application is open", both(done))
    refuses(counter(f"counter approve {parked}", "hojo1"), "no-parked-act", "once")
    refuses(counter("counter open --procedure new --applicant legal-representative --kind signature"
                    " --pin never-set --resident 1010"), "no-signature", "one officer alone cannot")
    return f"{ask}1012{basis} --json"


def test_exceptions_off(ask, parked):
    refuses(counter(ask), "no-exceptions", "a town without exceptions refuses")
    refuses(counter(f"counter approve {parked}", "hojo1"), "no-exceptions",
            "and what was waiting, too")


def test_hold_mistaken():
    """S45: a mistake is no exception for the signature certificate; two officers undo the rest."""
    ask = "counter hold-mistaken --resident 1001"
    cause = " --note 'the namesake had called'"
    refuses(counter(ask + cause), "nothing-held", "nobody is held, nothing is undone")
    done = counter("counter hold --resident 1001 --yes", "hotline1")
    tap.check(done.returncode == 0, "the wrong person is held", both(done))
    refuses(counter(ask), "no-cause", "no undoing without the cause")
    refuses(counter("admin event --resident 1001 --event hold-mistaken", "register1"), "two-persons",
            "the register cannot do it alone")
    parked = number_in(counter(f"{ask}{cause} --json"), "parked")
    refuses(counter(f"counter approve {parked}"), "same-person", "nor can the officer who asked")
    done = counter(f"counter approve {parked} --json", "daiei2")
    effects = {row["what"]: row["effect"] for row in number_in(done, "outcome")} if done.stdout else {}
    tap.check(effects == {"signature": "revoked", "authentication": "released", "card": "released"},
              "authentication and card are back, the signature certificate is not", both(done))
    done = counter("counter open --procedure new --resident 1001 --kind signature --json")
    tap.check(done.returncode == 0 and number_in(done, "fee") == 0, "a new one is free", both(done))


def main():
    status, errors = jpkid.init(DATA)
    tap.check(status == 0, "init", errors)
    with pcscd.Readers(1) as readers:
        test_town(readers)
    folder.cleanup()
    tap.end()


main()
