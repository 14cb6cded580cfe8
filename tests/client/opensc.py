#!/usr/bin/python3
"""The card as the world outside sees it: pcscd with our driver, OpenSC, openssl. The certificates are
made by openssl for keys that the card made under a real permit."""
import os
import pty
import shutil
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import pcscd  # noqa: E402
from shell import Shell, both  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

gone = pcscd.missing("pkcs15-tool", "pkcs11-tool", "openssl")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

BUILD = pcscd.build_folder()
JPKI = f"{BUILD}/jpki"
BENCH = f"{BUILD}/tests/client/card-bench"
CARD_ID = "4000000127198431322120350217"
PINS = {"signature": "ABC123", "authentication": "1234"}
FILES = {"signature": "02", "authentication": "01"}
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-opensc-")
shell = Shell(folder)
run, must = shell.run, shell.must


def make_permit_key():
    must("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
         "permit.key")
    must("openssl", "pkey", "-in", "permit.key", "-pubout", "-out", "permit.pub")


def make_authorities():
    with open(f"{folder}/extensions", "w") as out:
        out.write("basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\n")
    for kind in PINS:
        must("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{kind}-ca.key",
             "-out", f"{kind}-ca.pem", "-subj", f"/C=JP/O=SAMPLE/OU=SAMPLE {kind}", "-days", "30")
        must("openssl", "x509", "-in", f"{kind}-ca.pem", "-outform", "DER", "-out", f"{kind}-ca.der")


def issue(image, kind):
    """Key in the card, certificate by openssl, installed under a permit."""
    must(BENCH, "set-pin", image, "permit.key", kind, PINS[kind])
    spki = must(BENCH, "make-key", image, "permit.key", kind, PINS[kind])
    with open(f"{folder}/spki.pem", "w") as out:
        out.write(spki)
    must("openssl", "req", "-new", "-key", f"{kind}-ca.key", "-subj", f"/C=JP/CN=SAMPLE {kind}",
         "-out", "any.csr")
    must("openssl", "x509", "-req", "-in", "any.csr", "-CA", f"{kind}-ca.pem", "-CAkey",
         f"{kind}-ca.key", "-force_pubkey", "spki.pem", "-days", "20", "-extfile", "extensions", "-out", f"{kind}.pem")
    must("openssl", "x509", "-in", f"{kind}.pem", "-outform", "DER", "-out", f"{kind}.der")
    must(BENCH, "install", image, "permit.key", kind, PINS[kind], f"{kind}.der", f"{kind}-ca.der")


def make_card(name, kinds, card_id=CARD_ID):
    must(JPKI, "card", "make", name, "--permit-key", "permit.pub", "--card-id", card_id)
    for kind in kinds:
        issue(name, kind)


def der_of(pem):
    return must("openssl", "x509", "-outform", "DER", data=pem.encode(), text=False)


def recognised():
    done = run("opensc-tool", "-n")
    tap.check(done.stdout.strip() == "jpki", "opensc-tool -n says jpki", both(done))
    done = run("opensc-tool", "-a")
    tap.check(done.stdout.strip() == "3b:e0:00:ff:81:31:fe:45:14", "opensc-tool -a tells the ATR",
              both(done))
    done = run("pkcs15-tool", "-D")
    wanted = ["User Authentication Certificate", "Digital Signature Certificate",
              "User Authentication PIN", "Digital Signature PIN", "Digital Signature Key",
              "Tries left     : 3", "Tries left     : 5"]
    tap.check(done.returncode == 0 and all(word in done.stdout for word in wanted),
              "pkcs15-tool -D lists every object", both(done))
    done = run("pkcs15-tool", "--list-certificates")
    tap.check(done.stdout.count("X.509 Certificate") == 4, "four certificates are listed", both(done))


def certificates():
    for number, name in (("01", "authentication.der"), ("03", "authentication-ca.der"),
                         ("04", "signature-ca.der")):
        done = run("pkcs15-tool", "--read-certificate", number)
        tap.check(done.returncode == 0 and der_of(done.stdout) == shell.read(name),
                  f"certificate {number} is {name}, read without a PIN", both(done))
    done = run("pkcs15-tool", "--read-certificate", "02")
    tap.check(done.returncode != 0 and "BEGIN" not in done.stdout,
              "the signature certificate is refused without its PIN", both(done))
    done = run("pkcs15-tool", "--verify-pin", "--auth-id", "02", "--pin", PINS["signature"],
               "--read-certificate", "02")
    tap.check(done.returncode == 0 and "BEGIN" in done.stdout and
              der_of(done.stdout[done.stdout.index("-----BEGIN"):]) == shell.read("signature.der"),
              "and read with it", both(done))
    done = run("pkcs15-tool", "--read-certificate", "02")
    tap.check(done.returncode != 0, "the next program needs the PIN again", both(done))


def sign(kind, slot, mechanism="SHA256-RSA-PKCS", pin=None):
    return run("pkcs11-tool", "--slot-index", slot, "--login", "--pin", pin or PINS[kind], "--sign",
               "--mechanism", mechanism, "--id", FILES[kind], "--input-file", "message",
               "--output-file", "signature")


def judged(kind, digest, content):
    with open(f"{folder}/judged", "w") as out:
        out.write(content)
    must("openssl", "x509", "-in", f"{kind}.pem", "-noout", "-pubkey", "-out", "public.pem")
    return run("openssl", "dgst", f"-{digest}", "-verify", "public.pem", "-signature", "signature",
               "judged").returncode == 0


def signatures():
    with open(f"{folder}/message", "w") as out:
        out.write("tax return, SAMPLE")
    for kind, slot in (("authentication", "0"), ("signature", "1")):
        for mechanism, digest in (("SHA256-RSA-PKCS", "sha256"), ("SHA512-RSA-PKCS", "sha512")):
            done = sign(kind, slot, mechanism)
            tap.check(done.returncode == 0 and judged(kind, digest, "tax return, SAMPLE"),
                      f"openssl accepts the {kind} signature ({digest})", both(done))
        tap.check(not judged(kind, "sha512", "tax return, sample"),
                  f"and refuses it for a changed message ({kind})")
    done = run("pkcs11-tool", "--slot-index", "0", "--login", "--pin", PINS["authentication"], "--test")
    tap.check(done.returncode == 0 and "No errors" in done.stdout,
              "pkcs11-tool's own tests find no errors", both(done))
    other = {"authentication": "signature", "signature": "authentication"}
    sign("authentication", "0")
    tap.check(not judged(other["authentication"], "sha256", "tax return, SAMPLE"),
              "the other kind's key does not fit")


def tries_of(kind):
    done = must("pkcs15-tool", "--list-pins")
    label = "Digital" if kind == "signature" else "User Authentication"
    part = done[done.index(f"PIN [{label}"):]
    return int(part[part.index("Tries left"):].split(":")[1].split()[0])


def change(kind, old, new, *more):
    return run(JPKI, "pin", "change", "--kind", kind, "--pin-fd", "0", *more, data=f"{old}\n{new}\n")


def change_at_terminal(kind, *typed):
    """The same with PINs that a person types, each at its question: (exit status, what is shown)."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(JPKI, [JPKI, "pin", "change", "--kind", kind])
    shown, typed = b"", list(typed)
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        shown += part
        if part.endswith(b"): ") and typed:
            os.write(terminal, typed.pop(0).encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def changes():
    done = change("signature", "abc123", "new456x")
    tap.check(done.returncode == 0, "jpki pin change changes the signature PIN", both(done))
    done = run("pkcs15-tool", "--verify-pin", "--auth-id", "02", "--pin", "NEW456X")
    tap.check(done.returncode == 0, "OpenSC verifies the new one, in upper case", both(done))
    for old, new, what in (("1234", "123", "three digits"), ("1234", "12a4", "a letter"),
                           ("123", "9999", "an old one of the wrong form")):
        done = change("authentication", old, new)
        tap.check(done.returncode == 1 and tries_of("authentication") == 3,
                  f"refused before a try is spent: {what}", both(done))
    status, screen = change_at_terminal("authentication", "1234", "9999", "9998")
    tap.check(status == 1 and tries_of("authentication") == 3 and "9999" not in screen,
              "typed twice, not the same: refused before a try is spent", screen)
    status, screen = change_at_terminal("authentication", "1234", "1234", "1234")
    tap.check(status == 0, "typed at the terminal", screen)
    done = change("authentication", "0000", "9999")
    tap.check(done.returncode == 1 and "2" in done.stderr and tries_of("authentication") == 2,
              "a wrong old PIN costs one try and says so", both(done))
    run("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", "0000")
    done = change("authentication", "1234", "9999")
    tap.check(done.returncode == 1 and tries_of("authentication") == 1,
              "with one try left it refuses by itself", both(done))
    done = change("authentication", "1234", "1234", "--last-try")
    tap.check(done.returncode == 0 and tries_of("authentication") == 3,
              "--last-try goes on, and all tries are back", both(done))
    done = run(JPKI, "pin", "change", "--kind", "both")
    tap.check(done.returncode == 64, "an unknown kind is wrong usage", both(done))


def locks():
    for i in range(3):
        run("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", "0000")
    done = run("pkcs15-tool", "--verify-pin", "--auth-id", "01", "--pin", PINS["authentication"])
    tap.check(done.returncode != 0 and tries_of("authentication") == 0,
              "three wrong PINs lock: the right one is refused", both(done))
    done = sign("authentication", "0")
    tap.check(done.returncode != 0, "and nothing is signed", both(done))
    done = change("authentication", "1234", "9999")
    tap.check(done.returncode == 1, "jpki pin change refuses a locked PIN", both(done))


def shown(*more):
    return run(JPKI, "card", "show", *more, env=dict(os.environ, LC_ALL="C"))


def show():
    done = shown()
    tap.check(done.returncode == 0 and "My Number card" in done.stdout and CARD_ID in done.stdout
              and "last valid day 20" in done.stdout and "3 tries" in done.stdout and "5 tries" in done.stdout and
              tries_of("signature") == 5, "jpki card show shows it and spends no try", both(done))
    done = shown("--json", "--reader", "no such reader")
    tap.check(done.returncode == 2 and "no such reader" in done.stderr,
              "a reader that is not there is named", both(done))


def several(readers):
    """Three cards at once, read at once, each its own."""
    for i in (1, 2):
        make_card(f"card{i}", [], CARD_ID[:-1] + str(i))
        readers.insert(i, f"{folder}/card{i}")
    answers = [None] * 3

    def ask(i):
        answers[i] = [shown("--reader", readers.names[i]) for _ in range(5)]
    threads = [threading.Thread(target=ask, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [CARD_ID, CARD_ID[:-1] + "1", CARD_ID[:-1] + "2"]
    tap.check(all(ids[i] in done.stdout for i in range(3) for done in answers[i]),
              "three readers at once, each with its own card", [both(a[0]) for a in answers])
    second = run(JPKI, "card", "emulate", "card1", readers.sockets[2])
    tap.check(second.returncode == 2, "a card is in one reader at a time", both(second))
    readers.remove(1)
    tap.check(not readers.has_card(1) and readers.has_card(2) and readers.has_card(0),
              "one card is removed, the others stay")
    done = shown("--reader", readers.names[1])
    tap.check(done.returncode == 2 and "none" in done.stderr, "an empty reader is named", both(done))
    readers.insert(1, f"{folder}/card1")
    done = shown("--reader", readers.names[1])
    tap.check(ids[1] in done.stdout, "and takes the card again", both(done))


def without_signature(readers):
    """As for a child: the authentication certificate alone."""
    make_card("child", ["authentication"], CARD_ID[:-1] + "3")
    readers.remove(1)
    readers.remove(2)
    readers.remove(0)
    readers.insert(0, f"{folder}/child")
    done = run("pkcs15-tool", "--read-certificate", "01")
    tap.check(done.returncode == 0, "a child's card: the authentication certificate", both(done))
    done = sign("authentication", "0")
    tap.check(done.returncode == 0 and judged("authentication", "sha256", "tax return, SAMPLE"),
              "and it signs", both(done))
    done = run("pkcs15-tool", "--read-certificate", "04")
    tap.check(done.returncode != 0, "there is no signature authority in it", both(done))


def old_card(readers):
    must(JPKI, "card", "make", "old", "--old", "--card-id", CARD_ID)
    readers.remove(0)
    readers.insert(0, f"{folder}/old")
    done = shown("--json")
    tap.check('"old-resident"' in done.stdout, "an old resident card is recognised", both(done))


def main():
    make_permit_key()
    make_authorities()
    make_card("card0", PINS)
    done = run(JPKI, "card", "make", "card0", "--permit-key", "permit.pub", "--card-id", CARD_ID)
    tap.check(done.returncode == 2, "a card is never made over another", both(done))
    done = run(JPKI, "card", "make", "bad", "--permit-key", "permit.pub", "--card-id", "123")
    tap.check(done.returncode == 64 and not os.path.exists(f"{folder}/bad"),
              "a card id of three digits is refused", both(done))
    with pcscd.Readers(3) as readers:
        readers.insert(0, f"{folder}/card0")
        recognised()
        certificates()
        signatures()
        show()
        several(readers)
        changes()
        locks()
        without_signature(readers)
        old_card(readers)


try:
    main()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
