#!/usr/bin/python3
"""`jpki verify` against what openssl makes: keys, certificates, CMS signatures, lists, OCSP answers;
and against openssl's verdict on the same bytes. Exit statuses, first lines, memory. Speaks TAP."""
import json
import os
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import Tap  # noqa: E402
from openssl_authority import Authority, curve  # noqa: E402
import push_set_writer  # noqa: E402

BUILD = os.environ.get("JPKI_BUILD", "build")
JPKI = os.path.join(BUILD, "jpki")
DOCUMENT_MAX = 200 * 1024 * 1024
MEMORY_MAX = 32 * 1024  # KiB

tap = Tap()
folder = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(folder.name, name)


def jpki(*words):
    done = subprocess.run([JPKI, "verify", *words], capture_output=True, text=True, timeout=60,
                          cwd=folder.name, env=dict(os.environ, LC_ALL="C"))
    return done.returncode, done.stdout.splitlines(), done.stderr


def says(name, words, status, *lines):
    """One case: the exit status, and the first lines."""
    answer = jpki(*words)
    told = "\n".join(answer[1]) + answer[2]
    good = answer[0] == status and answer[1][:len(lines)] == list(lines)
    good = good and answer[2].startswith("jpki: ") == (status != 0)
    tap.check(good and "705d99" not in told.lower(), name, (words, answer))  # promise 13: no serial


def sign(authority, name, out, *more):
    authority.openssl("cms", "-sign", "-binary", "-in", path("document"), "-signer", name + ".pem",
                      "-inkey", name + ".key", "-md", "sha256", "-nosmimecap", "-outform", "DER",
                      "-out", path(out), *more)


def at(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def documents(town):
    """One document, signed rightly and wrongly."""
    with open(path("document"), "wb") as file:
        file.write("確定申告書".encode() * 1000)
    with open(path("document"), "rb") as file, open(path("changed"), "wb") as other:
        other.write(file.read()[:-1] + b"x")
    sign(town, "resident", "right.p7s", "-cades")
    sign(town, "resident", "attached.p7s", "-cades", "-nodetach")
    sign(town, "resident", "plain.p7s")
    sign(town, "visitor", "kind.p7s", "-cades")
    town.openssl("cms", "-cmsout", "-inform", "DER", "-in", path("right.p7s"), "-outform",
                 "PEM", "-out", path("right.pem"))


def verdicts(town, stranger):
    trusted = ["--authority", town.path("authority.pem")]
    content = ["--content", "document"]
    by_list = trusted + ["--crl", town.path("list.crl")]
    right = ["right.p7s", *content]
    says("openssl's signature is valid", right + by_list, 0, "valid", "good")
    says("attached too", ["attached.p7s"] + by_list, 0, "valid", "good")
    says("in PEM too", ["right.pem", *content, *by_list], 0, "valid", "good")
    says("the list in PEM too", right + trusted + ["--crl", town.path("list.pem")], 0, "valid", "good")
    says("a changed document is refused", ["right.p7s", "--content", "changed", *by_list], 1,
         "invalid", "changed")
    says("no ESS, no signature", ["plain.p7s", *content, *by_list], 1, "invalid", "malformed")
    says("an authentication certificate signs no document", ["kind.p7s", *content, *by_list], 1,
         "invalid", "kind")
    says("another authority of the same name", right + ["--authority", stranger.path("authority.pem"),
                                                        "--crl", stranger.path("list.crl")], 1,
         "invalid", "authority")
    says("another authority's list tells nothing", right + trusted + ["--crl", stranger.path("list.crl")],
         2, "cannot-tell", "status-refused")
    says("without a source it cannot tell", right + trusted, 2, "cannot-tell", "no-status")
    says("without a responder it cannot tell", right + trusted + ["--ocsp", "http://127.0.0.1:1/"], 2,
         "cannot-tell", "no-status")
    says("a list out of date tells nothing", right + by_list + ["--time", at(3 * 86400)], 2,
         "cannot-tell", "status-refused")
    says("after its end", right + by_list + ["--time", at(400 * 86400)], 1, "invalid", "ended")
    says("before its beginning", right + by_list + ["--time", at(-86400)], 1, "invalid", "not-yet")
    done = subprocess.run(["openssl", "cms", "-verify", "-inform", "DER", "-in", "right.p7s", "-content",
                           "document", "-binary", "-CAfile", town.path("authority.pem"), "-purpose", "any",
                           "-cades", "-out", "/dev/null"], cwd=folder.name, capture_output=True)
    tap.check(done.returncode == 0, "openssl calls its own signature valid, too", done.stderr)


def answers(town):
    """OCSP from `openssl ocsp`, then every reason that openssl can write."""
    trusted = ["right.p7s", "--content", "document", "--authority", town.path("authority.pem")]
    says("good by OCSP", trusted + ["--ocsp", town.serve_status()], 0, "valid", "good")
    town.stop_status()
    for reason, group in (("certificateHold", "lost-or-held"), ("keyCompromise", "lost-or-held"),
                          ("affiliationChanged", "data-changed"), ("superseded", "renewed"),
                          ("cessationOfOperation", "ended"), ("unspecified", "ended")):
        town.mark("resident", reason)
        town.publish()
        says(f"{reason} by list: {group}", trusted + ["--crl", town.path("list.crl")], 1, "invalid", group)
        says(f"{reason} by OCSP: {group}", trusted + ["--ocsp", town.serve_status()], 1, "invalid", group)
        town.stop_status()
    status, lines, _ = jpki(*trusted, "--crl", town.path("list.crl"), "--json")
    told = json.loads("\n".join(lines))
    tap.check(status == 1 and told["verdict"] == "invalid" and told["reason"] == "ended"
              and told["source"] == "crl" and told["since"], "--json says the same", told)
    town.mark("resident", None)
    town.publish()
    says("good again", trusted + ["--crl", town.path("list.crl")], 0, "valid", "good")


def push_sets(town, stranger):
    """Sets that another writer made, of an authority that is openssl."""
    resident = int(town.openssl("x509", "-in", "resident.pem", "-noout", "-serial").decode().split("=")[1], 16)
    around = {"serials": (resident - 70000, resident + 70000)}
    other = [resident - 69999, resident - 1, resident + 1, resident + 70000]
    trusted = ["right.p7s", "--content", "document", "--authority", town.path("authority.pem")]

    def case(name, wanted, signer="pusher", of=town, more=(), **what):
        push_set_writer.write(of, signer, path("set"), **{"listed": other, **around, **what})
        says(f"push set: {name}", [*trusted, "--push-set", "set", *more], *wanted)

    good, bad = (0, "valid", "good"), (1, "invalid", "revoked-or-held")
    refused, unknown = (2, "cannot-tell", "status-refused"), (2, "cannot-tell", "status-unknown")
    case("good", good)
    case("listed", bad, listed=[*other, resident])
    case("all are listed but one", good, listed=[n for n in range(resident - 70000, resident + 70001) if n != resident])
    case("unknown", unknown, unknown=[resident])
    case("never issued so far", unknown, serials=(resident - 70000, resident - 1), listed=other[:2])
    case("stale", refused, times=(0, 30), more=["--time", at(90)])
    case("later", refused, more=["--time", at(7200)])
    case("from the future", refused, times=(3600, 7200))
    case("for more than a day", refused, times=(-10, 86400))
    case("of another authority", refused, about=stranger)
    case("by another authority", refused, of=stranger)
    case("by another authority, about this", refused, of=stranger, about=town)
    case("by a resident", refused, signer="resident")
    case("by the authority itself", refused, signer="authority")
    with open(path("set"), "rb+") as file:
        file.truncate(200)
    says("push set: cut", [*trusted, "--push-set", "set"], *refused)
    says("push set: none", [*trusted, "--push-set", "nothing"], 2, "cannot-tell", "no-status")
    case("beside a list that says why", (0, "valid", "good"), more=["--crl", town.path("list.crl")],
         listed=[*other, resident])
    case("when the responder is away", bad, more=["--ocsp", "http://127.0.0.1:1/"], listed=[*other, resident])


def municipal_lists(town):
    """The list of a leaf's own distribution point tells about it; one of another, or of some certificates, nothing."""
    town.issue("townsman", "townsman")
    sign(town, "townsman", "townsman.p7s", "-cades")
    words = ["townsman.p7s", "--content", "document", "--authority", town.path("authority.pem"), "--crl",
             town.path("list.crl")]
    covered = (None, "here")
    refused = ("there", "users", "authorities", "reasons", "indirect", "nameless")
    for reason, status, *lines in ((None, 0, "valid", "good"), ("superseded", 1, "invalid", "renewed")):
        town.mark("townsman", reason)
        for scope in covered:
            town.publish(scope)
            says(f"{lines[0]} by the list of {scope or 'all'}", words, status, *lines)
        for scope in refused:
            town.publish(scope)
            says(f"{lines[0]}, but the list is of {scope}", words, 2, "cannot-tell", "status-refused")
    town.mark("townsman", None)
    town.publish("here")
    says("a leaf without a point is not of a municipality's list",
         ["right.p7s", "--content", "document", *words[3:]], 2, "cannot-tell", "status-refused")
    town.publish()


def folders(town, guest):
    """Authorities from a folder: the name of a file says its kind."""
    os.makedirs(path("trusted"))
    town.openssl("x509", "-in", "authority.pem", "-outform", "DER", "-out", path("trusted/signature-2.cer"))
    guest.openssl("x509", "-in", "authority.pem", "-out", path("trusted/authentication.pem"))
    words = ["right.p7s", "--content", "document", "--crl", town.path("list.crl"), "--authority"]
    says("a folder of authorities", words + ["trusted"], 0, "valid", "good")
    os.rename(path("trusted/signature-2.cer"), path("trusted/authentication-2.cer"))
    says("a folder without one of the kind", words + ["trusted"], 2)


def usage(town):
    trusted = ["--authority", town.path("authority.pem")]
    for words, status in ((["right.p7s"], 64), (trusted, 64), (["right.p7s", *trusted], 64),
                          (["attached.p7s", "--content", "document", *trusted], 64),
                          (["right.p7s", "right.p7s", *trusted], 64), (["right.p7s", "--no", *trusted], 64),
                          (["right.p7s", "--time", "now", *trusted], 64),
                          (["nothing.p7s", *trusted], 2), (["right.p7s", "--content", "nothing", *trusted], 2),
                          (["right.p7s", "--content", "document", "--authority", "nothing"], 2),
                          (["right.p7s", "--content", "document", "--authority", "document"], 2),
                          (["document", "--content", "document", *trusted], 1)):
        says(" ".join(["exit", str(status) + ":", *[word for word in words if not word.startswith("/")]]),
             words, status)


def paths(town):
    """--path from the shell: DER and PEM, each exit status."""
    town.openssl("x509", "-in", "authority.pem", "-outform", "DER", "-out", "authority.der")
    anchor, cert = ["--anchor", town.path("authority.pem")], ["--cert", town.path("resident.pem")]
    crl = ["--crl", town.path("list.crl")]
    with open(path("list-v1"), "wb") as file:
        file.write(b"\x30\x03\x02\x01\x00")
    for name, words, status in (
            ("PEM", anchor + cert + crl, 0),
            ("DER", ["--anchor", town.path("authority.der"), "--cert", town.path("resident.der")] + crl, 0),
            ("without a list", anchor + cert, 1),
            ("policy that is not there", anchor + cert + crl + ["--policy", "1.2.3", "--explicit-policy"], 1),
            ("after its end", anchor + cert + crl + ["--time", at(400 * 86400)], 1),
            ("list that is none", anchor + cert + ["--crl", path("list-v1")], 1),
            ("certificate that is none", anchor + ["--cert", path("document")] + crl, 1),
            ("file that is not there", anchor + ["--cert", path("nothing")] + crl, 2),
            ("no anchor", cert + crl, 64), ("two certificates", anchor + cert + cert, 64),
            ("policy that is none", anchor + cert + crl + ["--policy", "any"], 64),
            ("option of the other question", anchor + cert + ["--json"], 64)):
        says(f"--path: {name}: {status}", ["--path", *words], status)
    town.mark("resident", "superseded")
    town.publish()
    says("--path: revoked: 1", ["--path", *anchor, *cert, *crl], 1, "invalid")


def memory(town):
    """A document of 200 MB: its digest is taken on the way."""
    with open(path("document"), "wb") as file:
        file.truncate(DOCUMENT_MAX)
    sign(town, "resident", "large.p7s", "-cades")
    says("200 MB", ["large.p7s", "--content", "document", "--authority", town.path("authority.pem"),
                    "--crl", town.path("list.crl")], 0, "valid", "good")
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.execv(JPKI, [JPKI, "verify", path("large.p7s"), "--content", path("document"), "--authority",
                        town.path("authority.pem"), "--crl", town.path("list.crl")])
    _, status, used = os.wait4(child, 0)
    sanitised = subprocess.run(["grep", "-qa", "__asan_init", JPKI]).returncode == 0
    if sanitised:
        tap.skip("200 MB in less than 32 MB of memory", "sanitised")
    else:
        tap.check(status == 0 and used.ru_maxrss < MEMORY_MAX,
                  f"200 MB in less than 32 MB of memory ({used.ru_maxrss // 1024} MB)", used)


def signed_under(name, authority_key, resident_key):
    """What to ask about a document signed under an authority of its own."""
    authority = Authority(path(name), authority_key)
    authority.issue("resident", "signature", resident_key)
    authority.publish()
    sign(authority, "resident", name + ".p7s", "-cades")
    return [name + ".p7s", "--content", "document", "--authority", authority.path("authority.pem"), "--crl",
            authority.path("list.crl")]


def next_card():
    """Authorities with P-256 keys, and no other curve."""
    rsa, p256 = ("rsa:2048",), curve("P-256")
    says("P-256 over today's card", signed_under("today", p256, rsa), 0, "valid", "good")
    says("P-256 over P-256", signed_under("next", p256, p256), 0, "valid", "good")
    for name, key in (("P-384", curve("P-384")), ("secp256k1", curve("secp256k1"))):
        says(f"an authority with a {name} key is not pinned", signed_under(name, key, rsa), 2)
        says(f"a resident's {name} key signs nothing", signed_under("resident-" + name, p256, key), 1,
             "invalid", "changed")


def main():
    town, stranger, guest = (Authority(path(name)) for name in ("town", "stranger", "guest"))
    for name, profile in (("resident", "signature"), ("visitor", "authentication"), ("responder", "responder")):
        town.issue(name, profile)
    for authority in (town, stranger):
        authority.issue("pusher", "responder", curve("P-256"))
    for authority in (town, stranger):
        authority.publish()
    documents(town)
    verdicts(town, stranger)
    answers(town)
    push_sets(town, stranger)
    municipal_lists(town)
    folders(town, guest)
    usage(town)
    memory(town)
    paths(town)
    next_card()
    folder.cleanup()
    tap.end()


main()
