#!/usr/bin/python3
"""What x509 makes, judged by openssl and by Java: accepted as it is, refused when one byte changes;
and the dumps of fixed objects against those in expected/, which were checked by hand."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

MAKE = sys.argv[1]
HERE = pathlib.Path(__file__).resolve().parent
NOW = 1795309323 + 120  # two minutes after the samples were made
AT = ["-attime", str(NOW)]
KINDS = ["signature", "authentication"]

sys.path.insert(0, str(HERE.parent))
from tap import Tap  # noqa: E402

tap = Tap()


def run(*command, cwd):
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def changed(path):
    """The same file with one bit of its last byte turned: a byte of the signature."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    other = path.with_name("changed-" + path.name)
    other.write_bytes(content)
    return other


def verify(folder, kind, leaf, crl):
    return run("openssl", "verify", *AT, "-x509_strict", "-check_ss_sig", "-crl_check_all",
               "-policy_check", "-CAfile", f"{kind}-authority.pem", "-CRLfile", crl, leaf,
               cwd=folder)


def judge_certificates(folder):
    for kind in KINDS:
        other = KINDS[1 - KINDS.index(kind)]
        good, held = f"{kind}-good.cer", f"{kind}-held.cer"
        full = f"{kind}-full.crl"
        status, text = verify(folder, kind, good, full)
        tap.check(status == 0, f"openssl accepts the {kind} certificate with the full list", text)
        status, text = verify(folder, kind, good, f"{kind}-empty.crl")
        tap.check(status == 0, f"openssl accepts the {kind} certificate with an empty list", text)
        status, text = verify(folder, kind, held, full)
        tap.check(status != 0 and "certificate revoked" in text,
                  f"openssl refuses the held {kind} certificate", text)
        status, text = verify(folder, other, good, full)
        tap.check(status != 0, f"openssl refuses the {kind} certificate under the other authority", text)
        status, text = verify(folder, kind, changed(folder / good), full)
        tap.check(status != 0 and "signature failure" in text,
                  f"openssl refuses a changed {kind} certificate", text)
        status, text = verify(folder, kind, good, changed(folder / full))
        tap.check(status != 0 and "CRL signature failure" in text,
                  f"openssl refuses a changed {kind} list", text)


def judge_lists(folder):
    for kind in KINDS:
        for scope in ["full", "municipal", "empty"]:
            name = folder / f"{kind}-{scope}.crl"
            for path, wanted in [(name, "verify OK"), (changed(name), "verify failure")]:
                status, text = run("openssl", "crl", "-in", path, "-inform", "DER", "-noout",
                                   "-CAfile", f"{kind}-authority.pem", cwd=folder)
                tap.check(wanted in text, f"openssl crl says {wanted} of {path.name}", text)


def ocsp(folder, kind, response, leaf):
    return run("faketime", "-f", "@2026-11-22 01:04:03", "openssl", "ocsp", "-no_nonce",
               "-respin", response,
               "-reqin", f"{kind}-{leaf}.ocsp-request", "-issuer", f"{kind}-authority.cer",
               "-cert", f"{kind}-{leaf}.cer", "-CAfile", f"{kind}-authority.pem", cwd=folder)


def judge_answers(folder):
    os.environ["TZ"] = "UTC"
    for kind in KINDS:
        for leaf, wanted in [("good", "good"), ("held", "revoked")]:
            name = folder / f"{kind}-{leaf}.ocsp"
            status, text = ocsp(folder, kind, name, leaf)
            tap.check(status == 0 and "Response verify OK" in text and f".cer: {wanted}" in text
                      and ("certificateHold" in text) == (leaf == "held")
                      and "WARNING" not in text,
                      f"openssl ocsp reads {wanted} for the {leaf} {kind} certificate", text)
        # the last byte stands in the responder's certificate: without a path it may not answer
        status, text = ocsp(folder, kind, changed(folder / f"{kind}-good.ocsp"), "good")
        tap.check("Response verify OK" not in text,
                  f"openssl ocsp refuses a changed {kind} answer", text)
        status, text = run("openssl", "ocsp", "-reqin", f"{kind}-good.ocsp-request", "-req_text",
                           cwd=folder)
        tap.check("Serial Number: 0705D990" in text, f"openssl ocsp reads the {kind} request", text)


def judge_request(folder):
    for path, wanted in [("request.p10", True), (changed(folder / "request.p10"), False)]:
        status, text = run("openssl", "req", "-verify", "-noout", "-inform", "DER", "-in", path,
                           cwd=folder)
        tap.check(("verify OK" in text) == wanted,
                  f"openssl req {'accepts' if wanted else 'refuses'} {pathlib.Path(path).name}", text)


def cms(folder, path, *more):
    return run("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", path,
               *AT, "-CAfile", "signature-authority.pem", "-out", "content", *more, cwd=folder)


def judge_cms(folder):
    document = folder / "document.xml"
    status, text = cms(folder, "detached.p7s", "-content", document)
    tap.check(status == 0 and "CAdES" in text, "openssl cms accepts the detached signature", text)
    status, text = cms(folder, "attached.p7m")
    tap.check(status == 0 and (folder / "content").read_bytes() == document.read_bytes(),
              "openssl cms accepts the attached signature, and gives the document back", text)
    status, text = cms(folder, "detached.p7s", "-content", changed(document))
    tap.check(status != 0 and "content verify error" in text, "openssl cms refuses a changed document", text)
    status, text = cms(folder, changed(folder / "detached.p7s"), "-content", document)
    tap.check(status != 0, "openssl cms refuses a changed signature", text)
    status, text = run("openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in",
                       "detached.p7s", cwd=folder)
    tap.check("id-smime-aa-signingCertificateV2" in text,
              "the CMS names its certificate (signing-certificate-v2)", text)


def judge_by_java(folder):
    questions = []
    for kind in KINDS:
        root = f"{kind}-authority.cer"
        other = f"{KINDS[1 - KINDS.index(kind)]}-authority.cer"
        for crl in ["full", "municipal"]:
            questions += [(f"{root},{kind}-good.cer,{kind}-{crl}.crl,-,{NOW}", "valid"),
                          (f"{root},{kind}-held.cer,{kind}-{crl}.crl,-,{NOW}", "revoked")]
        late = NOW + 49 * 3600
        questions += [(f"{root},{kind}-good.cer,-,{kind}-good.ocsp,{NOW}", "valid"),
                      (f"{root},{kind}-held.cer,-,{kind}-held.ocsp,{NOW}", "revoked"),
                      (f"{root},{kind}-good.cer,-,changed-{kind}-good.ocsp,{NOW}", "invalid"),
                      (f"{root},changed-{kind}-good.cer,{kind}-full.crl,-,{NOW}", "invalid"),
                      (f"{other},{kind}-good.cer,{kind}-full.crl,-,{NOW}", "invalid"),
                      (f"{root},{kind}-good.cer,{kind}-full.crl,-,{late}", "invalid")]
    if not shutil.which("java"):
        tap.skip("Java judges certificates, lists and answers", "java is not installed")
        return
    status, text = run("java", HERE / "Judge.java", *[question for question, _ in questions],
                       cwd=folder)
    answers = text.splitlines()
    for i, (question, wanted) in enumerate(questions):
        answer = answers[i] if i < len(answers) else "no answer"
        tap.check((answer == "valid") == (wanted == "valid") and wanted in answer,
                  f"Java says {wanted} of {question.rsplit(',', 1)[0]}", text)


def dump(folder, name):
    """asn1parse, and what openssl makes of it; the same on every machine."""
    view = {".cer": ["x509", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8", "-certopt",
                     "no_sigdump,no_pubkey"],
            ".crl": ["crl", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8"],
            ".p10": ["req", "-noout", "-subject"], ".ocsp": ["ocsp", "-resp_text", "-noverify"],
            ".ocsp-request": ["ocsp", "-req_text"]}
    suffix = pathlib.Path(name).suffix
    status, text = run("openssl", "asn1parse", "-inform", "DER", "-i", "-in", name, cwd=folder)
    if suffix in view:
        flag = {".ocsp": "-respin", ".ocsp-request": "-reqin"}.get(suffix, "-in")
        form = [] if suffix.startswith(".ocsp") else ["-inform", "DER"]
        text += "\n" + run("openssl", *view[suffix], *form, flag, name, cwd=folder)[1]
    return text


GOLDEN = ["signature-authority.cer", "authentication-authority.cer", "signature-good.cer",
          "authentication-good.cer", "signature-responder.cer", "signature-full.crl",
          "signature-municipal.crl", "signature-good.ocsp-request", "signature-held.ocsp",
          "request.p10", "detached.p7s"]


def compare_dumps(folder, names=GOLDEN, prefix=""):
    for name in names:
        path = HERE / "expected" / (prefix + name + ".txt")
        found = dump(folder, name)
        if os.environ.get("JPKI_WRITE_DUMPS"):
            head = [line for line in path.read_text().splitlines() if line.startswith("#")] \
                if path.exists() else []
            path.parent.mkdir(exist_ok=True)
            path.write_text("\n".join(head + [found]))
        wanted = "\n".join(line for line in path.read_text().splitlines()
                           if not line.startswith("#"))
        tap.check(found.strip() == wanted.strip(), f"the dump of {prefix}{name} is the expected one",
                  found)


def make(folder, *more):
    subprocess.run([MAKE, folder, *more], check=True)
    for kind in KINDS:  # -CAfile reads PEM alone
        run("openssl", "x509", "-in", f"{kind}-authority.cer", "-out", f"{kind}-authority.pem",
            cwd=folder)
    return pathlib.Path(folder)


def judge_default():
    with tempfile.TemporaryDirectory() as real, tempfile.TemporaryDirectory() as fixed:
        folder = make(real)
        judge_certificates(folder)
        judge_lists(folder)
        judge_answers(folder)
        judge_request(folder)
        judge_cms(folder)
        judge_by_java(folder)
        compare_dumps(make(fixed, "fixed"))


def judge_jpki_test():
    """The shapes of O=JPKI-TEST: etc/profile-jpki-test."""
    with tempfile.TemporaryDirectory() as real, tempfile.TemporaryDirectory() as fixed:
        folder = make(real, "real", "etc/profile-jpki-test")
        judge_certificates(folder)
        judge_lists(folder)
        judge_answers(folder)
        compare_dumps(make(fixed, "fixed", "etc/profile-jpki-test"),
                      ["signature-authority.cer", "authentication-authority.cer",
                       "signature-good.cer", "authentication-good.cer"], "jpki-test-")


def judge_next_card():
    """Authorities with P-256 keys, over today's cards and over the next ones."""
    for leaf in ["rsa-2048", "p-256"]:
        with tempfile.TemporaryDirectory() as real:
            folder = make(real, "real", "etc/profile", leaf)
            judge_certificates(folder)
            judge_lists(folder)
            judge_answers(folder)
            judge_request(folder)
            judge_cms(folder)
            judge_by_java(folder)
            for name, key in [("authority", "p-256"), ("good", leaf), ("responder", "p-256")]:
                text = run("openssl", "x509", "-in", f"signature-{name}.cer", "-noout", "-text",
                           cwd=folder)[1]
                wanted = {"p-256": "ASN1 OID: prime256v1", "rsa-2048": "Public-Key: (2048 bit)"}[key]
                tap.check(text.count("Signature Algorithm: ecdsa-with-SHA256") == 2 and wanted in text,
                          f"openssl reads ECDSA with SHA-256 over {key} ({name})", text)


def main():
    judge_default()
    judge_jpki_test()
    judge_next_card()
    tap.end()


if __name__ == "__main__":
    main()
