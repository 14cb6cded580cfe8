#!/usr/bin/python3
"""A card's power goes at each write, sync and rename of an installation: what is left is the old card or
the new one, and a try is never given back. The process that is the card is killed by strace at the call."""
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from pcscd import build_folder  # noqa: E402
from shell import Shell  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

for program in ("strace", "openssl"):
    if not shutil.which(program):
        skip_all(f"{program} is not installed")

JPKI = f"{build_folder()}/jpki"
BENCH = f"{build_folder()}/tests/client/card-bench"
CALLS = {"write": 3, "fsync": 6, "rename": 3}  # in three commits: try lowered, given back, swap
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-power-")
shell = Shell(folder, {"ASAN_OPTIONS": "detect_leaks=0"})  # leaks cannot be looked for under strace
run, must = shell.run, shell.must


def bench(act, *more, image="card"):
    return BENCH, act, image, "permit.key", "authentication", "1234", *more


def look(image="card"):
    """(spare, key, leaf, authority, tries) of the image as it stands on disk."""
    return tuple(map(int, must(*bench("look", image=image)).split()))


def prepare():
    must("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
         "permit.key")
    must("openssl", "pkey", "-in", "permit.key", "-pubout", "-out", "permit.pub")
    must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out",
         "ca.pem", "-subj", "/C=JP/O=SAMPLE")
    must("openssl", "req", "-new", "-key", "ca.key", "-subj", "/CN=SAMPLE", "-out", "any.csr")
    must(JPKI, "card", "make", "card", "--permit-key", "permit.pub", "--card-id",
         "4000000127198431322120350217")
    must(*bench("set-pin"))
    with open(f"{folder}/spki.pem", "w") as out:
        out.write(must(*bench("make-key")))
    must("openssl", "x509", "-req", "-in", "any.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
         "-force_pubkey", "spki.pem", "-outform", "DER", "-out", "leaf.der")
    must("openssl", "x509", "-in", "ca.pem", "-outform", "DER", "-out", "ca.der")
    shutil.copy(f"{folder}/card", f"{folder}/before")


def install_and_cut(call, at):
    """Installs with the power going at the call of that name and number."""
    shutil.copy(f"{folder}/before", f"{folder}/card")
    return run("strace", "-f", "-o", "trace", "-e", f"trace={call}", "-e",
               f"inject={call}:signal=KILL:when={at}", *bench("install", "leaf.der", "ca.der"))


def main():
    prepare()
    old = look()
    must(*bench("install", "leaf.der", "ca.der"))
    new = look()
    tap.check(old[:1] + old[2:4] != (0, 0, 0) and old[1] == 0 and new[0] == 0 and new[1] == old[0],
              "an installation makes the spare the key in use", (old, new))
    seen = set()
    for call, num in CALLS.items():
        cuts = 0
        while install_and_cut(call, cuts + 1).returncode and cuts < 60:
            cuts += 1
            left = look()
            seen.add(left[:4])
            if left[:4] not in (old[:4], new[:4]) or left[4] not in (2, 3):
                tap.check(False, f"cut at {call} {cuts}: a mixture", left)
        tap.check(cuts == num, f"the power went at every {call} of three commits", f"{cuts} cuts")
    tap.check(seen == {old[:4], new[:4]}, "what is left is the old card or the new one", seen)
    again = install_and_cut("rename", 1000)
    tap.check(again.returncode == 0 and look()[:4] == new[:4], "and the card goes on from there",
              again.stderr)


try:
    main()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
