#!/usr/bin/python3
"""jpkid with its keys in a PKCS#11 token (SoftHSM): made in it, used by signer alone, refused when they are
others, and a service that ends, and says why, when the token is gone. openssl and OpenSC judge."""
import contextlib
import json
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
import pcscd  # noqa: E402
import softhsm  # noqa: E402
from shell import Shell, both  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

gone = pcscd.missing("pkcs11-tool", "softhsm2-util", "openssl")
if gone or not softhsm.module():
    skip_all(f"{gone or 'SoftHSM'} is not installed")
pcscd.enter()

CARD = "0003720000000013137220340514"  # of resident 1001
PIN = jpkid.PASSPHRASE
KEYS = {"authority-signature-1", "authority-authentication-1", "permit-1", "journal-1"}
tap = Tap()
folder = tempfile.TemporaryDirectory(prefix="jpki-token-")
DATA = f"{folder.name}/data"
shell = Shell(folder.name, {"LC_ALL": "C.UTF-8", "PATH": f"{jpkid.BUILD}:{os.environ['PATH']}",
                            "JPKI_ACTS_SOCKET": f"{DATA}/run/acts.sock"})


def init(token, *words, data=f"{folder.name}/refused", pin=PIN):
    return jpkid.init(data, *words, environment=token.environment, passphrase=pin)


def serve(token):
    return jpkid.Service(DATA, environment=token.environment)


def act(words, staff, pins=()):
    return shell.run("jpki", *words.split(), "--as", staff, *(["--pin-fd", "0"] if pins else []),
                     data="".join(f"{pin}\n" for pin in pins))


def number_in(done, name):
    return json.loads(done.stdout)[name]


def files_of(top):
    for place, _, names in os.walk(top):
        for name in names:
            if os.path.isfile(os.path.join(place, name)):
                yield os.path.join(place, name)


@contextlib.contextmanager
def away(path):
    """Meanwhile it is not there."""
    os.rename(path, path + ".away")
    try:
        yield
    finally:
        os.rename(path + ".away", path)


@contextlib.contextmanager
def spoiled(token):
    """What is done to the token in this block is undone after it."""
    shutil.copytree(token.store, token.store + ".kept")
    try:
        yield
    finally:
        shutil.rmtree(token.store)
        os.rename(token.store + ".kept", token.store)


# --- init ---

def test_init_refuses(token):
    module, label = softhsm.module(), token.label
    text = os.path.join(jpkid.SOURCE, "README.md")
    library = os.path.join(jpkid.BUILD, "libifdjpki.so")
    for words, pin, status, wanted in (
            ([f"{module}:{label}"], "wrong " + PIN, 2, "PIN : the token answers CKR_PIN_INCORRECT"),
            ([f"{module}:{label}"], "1", 2, "CKR_PIN_INCORRECT"),
            ([f"{module}:nobody"], PIN, 2, "token : no token is there with the label nobody"),
            ([f"{module}:{label[:-1]}"], PIN, 2, "no token is there with the label"),
            ([f"{text}:{label}"], PIN, 2, "module : "),
            ([f"{library}:{label}"], PIN, 2, "module : a library, but no PKCS#11 module"),
            ([f"/nonexistent/module.so:{label}"], PIN, 2, "module : "),
            ([f"libsofthsm2.so:{label}"], PIN, 64, "by its whole path"),
            ([module], PIN, 64, "MODULE:LABEL"),
            ([f"{module}:"], PIN, 64, "MODULE:LABEL"),
            ([f"{module}:{33 * 'x'}"], PIN, 64, "MODULE:LABEL"),
            ([f"{module}:{label}", "--token-files", "relative"], PIN, 64, "whole path")):
        found, errors = init(token, "--token", *words, pin=pin)
        tap.check(found == status and wanted in errors and pin not in errors.replace(token.folder, ""),
                  f"init refuses: {wanted}", f"{found} {errors}")
    found, errors = init(token, "--token-files", token.store)
    tap.check(found == 64, "--token-files without --token is wrong usage", errors)
    with away(token.store):
        found, errors = init(token, *token.words)
        tap.check(found == 2 and "the token" in errors or "token : " in errors, "init refuses: SoftHSM without its folder",
                  errors)
    tap.check(os.listdir(folder.name) == [], "a refused token leaves nothing behind", os.listdir(folder.name))
    tap.check("Private Key Object" not in token.tool("--list-objects"), "and no key in it")


def test_two_of_one_label(token):
    with spoiled(token):
        token.make(token.label, PIN)
        found, errors = init(token, *token.words)
        tap.check(found == 2 and "2 tokens have the label" in errors, "init refuses: which of the two is meant", errors)


def test_init(token):
    status, errors = init(token, *token.words, data=DATA)
    tap.check(status == 0, "init makes the keys in the token", errors)
    listed = token.tool("--list-objects", "--type", "privkey").split("Private Key Object")[1:]
    labels = {re.search(r"label: +(\S+)", text)[1] for text in listed}
    tap.check(len(listed) == 4 and labels == KEYS, "pkcs11-tool lists the four", listed)
    tap.check(all("Access:     sensitive, always sensitive, never extractable, local" in text for text in listed),
              "all are sensitive, and never extractable", listed)
    tap.check(all("Usage:      sign\n" in text for text in listed), "and sign, nothing else", listed)
    kept = os.listdir(f"{DATA}/signer")
    tap.check(not [name for name in kept if name.endswith(".key")], "the data folder has no key", kept)
    tap.check(os.stat(f"{DATA}/signer/token").st_mode & 0o777 == 0o600, "the file that names the token is the owner's")
    leaks = [path for path in files_of(DATA) if PIN.encode() in shell.read(path)]
    tap.check(leaks == [], "the PIN is in no file", leaks)


# --- at work ---

def mapped(pid):
    with open(f"/proc/{pid}/maps") as file:
        return "libsofthsm2.so" in file.read()


def test_processes(service):
    roles = service.roles()
    if os.geteuid() != 0:
        tap.skip("signer alone has loaded the module", "only root may look")
        return
    loaded = [name for name, pid in {**roles, "parent": service.process.pid}.items() if mapped(pid)]
    tap.check(loaded == ["signer"], "signer alone has loaded the module", loaded)
    said = [name for name, pid in roles.items() for part in ("cmdline", "environ")
            if PIN.encode() in shell.read(f"/proc/{pid}/{part}")]
    tap.check(said == [], "the PIN is in no command line or environment", said)


def make_card(readers):
    shell.must("jpki", "card", "make", "1001.card", "--permit-key", "data/published/permit-key.pem", "--card-id", CARD)
    readers.insert(0, shell.path("1001.card"))
    parked = number_in(act("admin card-register 1001.card.pub --json", "card1"), "parked")
    act(f"counter approve {parked}", "card2")


def open_application():
    return number_in(act("counter open --procedure new --pin never-set --resident 1001 --kind both --json", "daiei1"),
                     "number")


def published(name):
    return f"{DATA}/published/{name}"


def issue(number):
    return act(f"counter run {number} --yes", "daiei1", pins=("4649", "NASHI20"))


def test_judged(service, number):
    """openssl judges the certificates of the card, the lists and OCSP."""
    done = issue(number)
    tap.check(done.returncode == 0, "the same application goes on: both certificates are issued", both(done))
    for kind, file in (("signature", "2"), ("authentication", "1")):
        authority = f"{kind}.pem"
        shell.must("openssl", "x509", "-inform", "DER", "-in", published(f"{kind}.cer"), "-out", authority)
        words = ["--verify-pin", "--auth-id", "2", "--pin", "NASHI20"] if kind == "signature" else []
        shell.write("leaf.pem", shell.must("pkcs15-tool", *words, "--read-certificate", file))
        done = shell.run("openssl", "verify", "-CAfile", authority, "leaf.pem")
        tap.check(done.returncode == 0, f"openssl verifies the {kind} certificate", both(done))
        done = shell.run("openssl", "crl", "-inform", "DER", "-in", published(f"{kind}.crl"), "-noout", "-CAfile", authority)
        tap.check("verify OK" in both(done), f"openssl verifies the {kind} list", both(done))
        done = shell.run("openssl", "ocsp", "-issuer", authority, "-CAfile", authority, "-cert", "leaf.pem", "-url",
                         service.urls["status"] + "ocsp")
        tap.check("verify OK" in both(done) and "leaf.pem: good" in done.stdout, f"OCSP of the {kind} certificate: good",
                  both(done))
    done = shell.run("openssl", "verify", "-CAfile", "signature.pem", "leaf.pem")
    tap.check(done.returncode != 0, "but not under the other authority", both(done))


def checkpoint():
    return act("admin checkpoint", "auditor1")


def test_changes_beside(token):
    """Another program writes to the same token."""
    token.tool("--keypairgen", "--key-type", "EC:prime256v1", "--label", "somebody's", "--id", "07")
    done = checkpoint()
    tap.check(done.returncode == 0, "signer goes on while another program makes a key in its token", both(done))
    token.tool("--delete-object", "--type", "privkey", "--id", "07")
    done = act("counter hold --resident 1001 --yes", "hotline1")
    done = checkpoint() if done.returncode == 0 else done
    tap.check(done.returncode == 0, "and after that key was deleted", both(done))


def test_removed(token, service, ask, name):
    with away(token.store):
        done = ask()
        tap.check(done.returncode != 0, f"the token is gone: {name} is not done", both(done))
        status, errors = service.wait(), service.said()
        tap.check(status == 2 and re.search("jpkid: signer: token : key : the token answers CKR_", errors),
                  "the service ends and says why", f"{status} {errors}")
        service = serve(token)
        tap.check(not service.is_ready and service.wait() == 2, "it does not start again without it", service.said())
    service = serve(token)
    tap.check(service.is_ready, "with it, it does", service.said())
    return service


def test_nothing_half_done(service):
    done = checkpoint()
    tap.check(done.returncode == 0, "what was not signed then is signed now", both(done))
    done = act("admin journal verify", "auditor1")
    tap.check(done.returncode == 0, "the journal verifies", both(done))
    tap.check(service.stop() == 0, "and the service ends well")


# --- serve refuses ---

def start_fails(token, wanted, name, pin=PIN):
    status, errors = jpkid.run("serve", "--data", DATA, "--listen", "127.0.0.1:0", environment=token.environment,
                               passphrase=pin)
    tap.check(status == 2 and wanted in errors and pin not in errors, f"serve refuses {name}", f"{status} {errors}")


def delete(token, name):
    identity = re.search(rf"label: +{name}\n +ID: +(\S+)", token.tool("--list-objects", "--type", "privkey"))[1]
    token.tool("--delete-object", "--type", "privkey", "--id", identity)
    return identity


def make_key(token, name, identity):
    token.tool("--keypairgen", "--key-type", "EC:prime256v1", "--label", name, "--id", identity, "--usage-sign")


def test_other_keys(token):
    start_fails(token, "CKR_PIN_INCORRECT", "a wrong PIN", pin="wrong " + PIN)
    with spoiled(token):
        identity = delete(token, "permit-1")
        start_fails(token, "permit-1 is not in this token", "a token without one of the keys")
        make_key(token, "permit-1", "0a")
        start_fails(token, "permit-1 in this token is of another pair", "another pair under its label")
        make_key(token, "permit-1", identity)
        start_fails(token, "permit-1 in this token is of another pair", "another pair under its identifier")
    with spoiled(token):
        identity = delete(token, "journal-1")
        shell.must("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-outform", "DER",
                   "-out", "outside.der")
        token.tool("--write-object", shell.path("outside.der"), "--type", "privkey", "--label", "journal-1", "--id", identity)
        start_fails(token, "journal-1 could be outside of the token too", "a key that was put in from outside")
    with softhsm.Token(PIN) as other:
        start_fails(other, "is not in this token", "another token of the same label")
    with softhsm.Token(PIN, label="other") as other:
        start_fails(other, "no token is there with the label jpki", "a token of another label")


def test_changed_file(token):
    path = f"{DATA}/signer/token"
    text = shell.read(path).decode()
    first = re.search("(?m)^permit-1 = (.*)$", text)[1]
    second = re.search("(?m)^journal-1 = (.*)$", text)[1]
    for changed, wanted, name in (
            (text.replace("label = jpki\n", ""), "a line is missing", "without a label"),
            (text.replace("label = jpki\n", "label = jpki\nlabel = jpki\n"), "line 3: not a line of this file", "with two"),
            (text.replace(first, "00" + first), "has no public key", "whose key is none"),
            (text.replace(first, second), "permit-1 in this token is of another pair", "whose keys are exchanged"),
            (text.replace(first, first[:-1]), "not a line of this file", "with half a byte"),
            (text + "pin = 1234\n", "not a line of this file", "with a line that is none"),
            (text.replace(softhsm.module(), "/nonexistent.so"), "module : ", "with another module")):
        shell.write(path, changed)
        start_fails(token, wanted, f"a file {name}")
    os.remove(path)
    start_fails(token, "authority-signature-1.key", "a folder that has lost it")
    shell.write(path, text)


def test_files(token):
    """What the module may read while it signs; seccomp and Landlock hold it, but not under a sanitizer."""
    path = f"{DATA}/signer/token"
    text = shell.read(path).decode()
    service = serve(token)
    is_held = "Landlock" in service.said().split("signer: ")[1] and "system calls filtered" in service.said()
    service.stop()
    for changed, wanted, name in (
            (text.replace(token.store, "/nonexistent"), "/nonexistent", "files that are not there"),
            (text.replace(f"files = {token.store}\n", ""), "sandbox : key : authority-signature-1 does not sign",
             "a module that may not read its files"),
            (text.replace(token.store, DATA), "sandbox : key : authority-signature-1 does not sign",
             "a module that may read others")):
        shell.write(path, changed)
        if is_held:
            start_fails(token, wanted, name)
        else:
            tap.skip(f"serve refuses {name}", "the sandbox is not whole here")
    shell.write(path, text)


# --- the next card ---

def test_p256(token):
    profile = shell.path("profile")
    with open(os.path.join(jpkid.SOURCE, "etc", "profile")) as file:
        shell.write(profile, file.read().replace("= rsa-2048", "= p-256"))
    data = shell.path("next")
    status, errors = init(token, *token.words, "--profile", profile, data=data)
    tap.check(status == 0, "authorities with P-256 keys, in a token that has other keys already", errors)
    for kind in ("signature", "authentication"):
        shell.must("openssl", "x509", "-inform", "DER", "-in", f"{data}/published/{kind}.cer", "-out", "next.pem")
        done = shell.run("openssl", "crl", "-inform", "DER", "-in", f"{data}/published/{kind}.crl", "-noout", "-CAfile",
                         "next.pem", "-text")
        tap.check("verify OK" in both(done) and "ecdsa-with-SHA256" in done.stdout, f"openssl verifies the {kind} list",
                  both(done))


def main():
    with softhsm.Token(PIN) as token:
        test_init_refuses(token)
        test_two_of_one_label(token)
        test_init(token)
        with pcscd.Readers(1) as readers:
            service = serve(token)
            tap.check(service.is_ready, "serve", service.said())
            test_processes(service)
            make_card(readers)
            number = open_application()
            service = test_removed(token, service, lambda: issue(number), "an issuance")
            test_judged(service, number)
            test_changes_beside(token)
            service = test_removed(token, service, checkpoint, "a checkpoint")
            test_nothing_half_done(service)
        test_other_keys(token)
        test_changed_file(token)
        test_files(token)
        test_p256(token)
    folder.cleanup()
    tap.end()


main()
