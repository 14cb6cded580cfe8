#!/usr/bin/python3
"""jpki sign with a card in a reader of pcscd, judged by openssl cms and by the memory it takes."""
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import pcscd  # noqa: E402
from shell import Shell, both  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

gone = pcscd.missing("openssl")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

BUILD = pcscd.build_folder()
JPKI = f"{BUILD}/jpki"
BENCH = f"{BUILD}/tests/client/card-bench"
MAKE = f"{BUILD}/tests/x509/test-x509-make"
CARD_ID = "4000000127198431322120350217"
PIN = "ABC123"
BIG = 200 * 1024 * 1024
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-sign-")
shell = Shell(folder, {"LC_ALL": "C"})
run, must, read, write = shell.run, shell.must, shell.read, shell.write


def make_card(name, kind="signature", age="0"):
    """Key in the card, certificate by our own authority of the tests, installed under a permit."""
    pin = PIN if kind == "signature" else "1234"
    must(JPKI, "card", "make", name, "--permit-key", "permit.pub", "--card-id", CARD_ID)
    must(BENCH, "set-pin", name, "permit.key", kind, pin)
    with open(f"{folder}/spki.pem", "w") as out:
        out.write(must(BENCH, "make-key", name, "permit.key", kind, pin))
    os.makedirs(f"{folder}/{name}.certs")
    must(MAKE, f"{name}.certs", "leaf", kind, "spki.pem", age)
    must(BENCH, "install", name, "permit.key", kind, pin, f"{name}.certs/leaf.cer",
         f"{name}.certs/authority.cer")
    must("openssl", "x509", "-in", f"{name}.certs/authority.cer", "-out", f"{name}.pem")


def sign(*arguments, pin=PIN):
    return run(JPKI, "sign", *arguments, "--pin-fd", "0", data=f"{pin}\n")


def judged(signature, *more):
    return run("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", signature,
               "-no_check_time", "-CAfile", "card.pem", "-out", "content", *more)


def detached():
    write("申告書.xml", "<申告書>見本／SAMPLE</申告書>\n".encode())
    done = sign("申告書.xml")
    tap.check(done.returncode == 0 and "申告書.xml.p7s" in done.stdout, "a file is signed", both(done))
    tap.check("tries left: 5" in done.stderr and "6 to 16 letters" in done.stderr
              and "name, address" in done.stderr,
              "it says beforehand which PIN, how many tries, and what will be seen", both(done))
    done = judged("申告書.xml.p7s", "-content", "申告書.xml")
    tap.check(done.returncode == 0, "openssl cms accepts the signature", both(done))
    write("changed.xml", read("申告書.xml").replace(b"SAMPLE", b"SaMPLE"))
    done = judged("申告書.xml.p7s", "-content", "changed.xml")
    tap.check(done.returncode != 0, "and refuses it over a changed file", both(done))
    before = read("申告書.xml.p7s")
    done = sign("申告書.xml")
    tap.check(done.returncode == 2 and read("申告書.xml.p7s") == before,
              "a signature is never written over another", both(done))
    done = sign("申告書.xml", "-o", "other.p7s", pin="abc123")
    tap.check(done.returncode == 0 and os.path.exists(f"{folder}/other.p7s"),
              "-o names the output; small letters are taken as capitals", both(done))


def attached():
    write("form.pdf", b"%PDF-1.7 SAMPLE \x00\xff\r\n" * 1000)
    done = sign("form.pdf", "--attached")
    tap.check(done.returncode == 0, "a file is carried inside", both(done))
    done = judged("form.pdf.p7m")
    tap.check(done.returncode == 0 and read("content") == read("form.pdf"),
              "openssl cms gives it back, byte for byte", both(done))
    with open(f"{folder}/large", "wb") as out:
        out.truncate(16 * 1024 * 1024 + 1)
    done = sign("large", "--attached")
    tap.check(done.returncode == 2 and "more than 16777216 bytes" in done.stderr,
              "more than 16 MB is refused", both(done))
    os.truncate(f"{folder}/large", 16 * 1024 * 1024)
    done = sign("large", "--attached")
    tap.check(done.returncode == 0 and judged("large.p7m").returncode == 0, "16 MB are taken",
              both(done))


def large():
    with open(f"{folder}/big", "wb") as out:
        out.truncate(BIG)
        out.seek(BIG - 4)
        out.write(b"last")
    command = ["/usr/bin/env", "python3", "-c",
               "import os, resource, subprocess, sys\n"
               "done = subprocess.run(sys.argv[1:], stdout=sys.stderr)\n"
               "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
               "sys.exit(done.returncode)", JPKI, "sign", "big", "--pin-fd", "0"]
    done = run(*command, data=f"{PIN}\n")
    kilobytes = int(done.stdout.split()[-1]) if done.stdout.split() else -1
    tap.check(done.returncode == 0 and judged("big.p7s", "-content", "big").returncode == 0,
              "200 MB are signed, and openssl agrees", both(done))
    if "asan" in BUILD:
        tap.skip("200 MB are signed in less than 32 MB", "sanitizers take memory of their own")
    else:
        tap.check(0 < kilobytes < 32 * 1024, f"200 MB are signed in less than 32 MB ({kilobytes} kB)",
                  both(done))
    os.remove(f"{folder}/big")


def tries():
    done = sign("申告書.xml", "-o", "a.p7s", pin="short")
    tap.check(done.returncode == 1 and "tries left" not in done.stdout, "a PIN of the wrong form",
              both(done))
    for left in (4, 3, 2, 1):
        done = sign("申告書.xml", "-o", "a.p7s", pin="WRONG9")
        tap.check(done.returncode == 1 and f"tries left: {left}" in done.stderr,
                  f"a wrong PIN leaves {left}", both(done))
    done = sign("申告書.xml", "-o", "a.p7s")
    tap.check(done.returncode == 1 and "--last-try" in done.stderr,
              "with one try left it refuses by itself", both(done))
    done = sign("申告書.xml", "-o", "a.p7s", "--last-try")
    tap.check(done.returncode == 0, "--last-try goes on", both(done))
    for _ in range(5):
        sign("申告書.xml", "-o", "b.p7s", "--last-try", pin="WRONG9")
    done = sign("申告書.xml", "-o", "b.p7s", "--last-try")
    tap.check(done.returncode == 1 and "locked" in done.stderr and
              not os.path.exists(f"{folder}/b.p7s"), "a locked PIN signs nothing", both(done))


def usage():
    for arguments in ([], ["申告書.xml", "more"], ["--nothing", "申告書.xml"]):
        done = sign(*arguments)
        tap.check(done.returncode == 64, f"wrong usage: {' '.join(arguments) or 'no file'}",
                  both(done))
    done = sign("not there")
    tap.check(done.returncode == 2 and "not there" in done.stderr, "a missing file is named",
              both(done))


def other_cards(readers):
    readers.remove(0)
    readers.insert(0, f"{folder}/child")
    done = sign("申告書.xml", "-o", "c.p7s")
    tap.check(done.returncode == 1 and "signature certificate" in done.stderr,
              "a card with the authentication certificate alone signs nothing", both(done))
    readers.remove(0)
    readers.insert(0, f"{folder}/ended")
    done = sign("申告書.xml", "-o", "c.p7s")
    tap.check(done.returncode == 1 and "has ended" in done.stderr and
              not os.path.exists(f"{folder}/c.p7s"), "a certificate that has ended signs nothing",
              both(done))


def main():
    must("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
         "permit.key")
    must("openssl", "pkey", "-in", "permit.key", "-pubout", "-out", "permit.pub")
    make_card("card")
    make_card("child", "authentication")
    make_card("ended", age=str(400 * 86400))
    with pcscd.Readers(1) as readers:
        readers.insert(0, f"{folder}/card")
        detached()
        attached()
        large()
        usage()
        tries()
        other_cards(readers)


try:
    main()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
