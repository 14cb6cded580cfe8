#!/usr/bin/python3
"""jpkid init --profile: what a profile decides is in the certificates, is kept, and cannot be changed behind
the authorities' back; a file with a mistake makes nothing."""
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.environ["JPKI_SOURCE"], "tests"))
import jpkid
from service import folder, openssl, tap, wait_until

ETC = os.path.join(jpkid.SOURCE, "etc")
LIKE_JLIS = os.path.join(ETC, "profile-jpki-test")
J_LIS_NUMBER = "1.2.392.200149."


def write(name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def read(path):
    with open(path) as file:
        return file.read()


def init(name, *more):
    data = os.path.join(folder, name)
    status, errors = jpkid.init(data, *more)
    return data, status, errors


def authority(data, kind="signature"):
    return openssl("x509", "-inform", "DER", "-in", os.path.join(data, "published", kind + ".cer"), "-noout",
                   "-subject", "-nameopt", "RFC2253")[1]


def test_mistakes():
    delivered = read(os.path.join(ETC, "profile"))
    before = sorted(os.listdir(folder))
    for text, wanted in (
            (delivered.replace("cps = http", "cps = ftp"), "cps : line 22: not an address that begins with http://"),
            (delivered.replace("\nagency = ", "\nagent = "), "known key : line 11: there is no such key"),
            (delivered.replace("= OpenJPKI SAMPLE", "= JPKI"), "organization : line 8: that is the real service")):
        path = write("wrong", text)
        _, status, errors = init("x", "--profile", path)
        os.remove(path)
        tap.check(status == 2 and f"{path} : {wanted}" in errors, f"init refuses a profile: {wanted}", errors)
    _, status, errors = init("x", "--profile", "/nonexistent/profile")
    tap.check(status == 2 and "/nonexistent/profile" in errors, "init names the profile that is not there", errors)
    tap.check(sorted(os.listdir(folder)) == before, "a refused profile leaves nothing behind")


def test_default():
    data, status, errors = init("default")
    tap.check(status == 0 and "O=OpenJPKI SAMPLE," in authority(data), "without --profile it is etc/profile", errors)
    tap.check(J_LIS_NUMBER not in read(os.path.join(data, "etc", "profile")), "J-LIS's numbers are not in it")
    shutil.rmtree(data)


def test_kept():
    own = os.path.join(folder, "own")
    os.symlink(write("ours", read(LIKE_JLIS)), own)  # what an operator names may be a link
    data, status, errors = init("test", "--profile", own)
    tap.check(status == 0 and read(own) == read(os.path.join(data, "etc", "profile")), "init keeps the profile", errors)
    os.remove(own)
    for kind, unit in (("signature", "digital signature"), ("authentication", "user authentication")):
        tap.check(f"OU=JPKI for {unit},O=JPKI-TEST,C=JP" in authority(data, kind), f"the {kind} authority is O=JPKI-TEST",
                  authority(data, kind))
    service = jpkid.Service(data)
    pem = os.path.join(folder, "test.pem")
    openssl("x509", "-inform", "DER", "-in", os.path.join(data, "published", "signature.cer"), "-out", pem)
    ask = ["ocsp", "-issuer", pem, "-CAfile", pem, "-url", service.urls["status"] + "ocsp", "-serial", "99"]
    tap.check(wait_until(lambda: "verify OK" in openssl(*ask)[1]), "serve works by it: signer and commit agree",
              service.said())
    tap.check(service.stop() == 0, "and ends well")
    return data


def test_changed_afterwards(data):
    kept = os.path.join(data, "etc", "profile")
    text = read(kept)
    for changed, wanted in ((text.replace("= JPKI-TEST", "= JPKI-TEST B").replace(J_LIS_NUMBER, "1.2.3."), "own name"),
                            (text.replace("cps =", "cps="), "line 20: not of this form")):
        with open(kept, "w") as file:
            file.write(changed)
        status, errors = jpkid.run("serve", "--data", data, "--listen", "127.0.0.1:0")
        tap.check(status == 2 and wanted in errors, f"serve refuses what was changed after init: {wanted}", errors)
    os.remove(kept)
    status, errors = jpkid.run("serve", "--data", data, "--listen", "127.0.0.1:0")
    tap.check(status == 2 and "etc/profile" in errors, "serve refuses a folder without its profile", errors)


def test_next_card():
    """algorithm = p-256, as the whole service answers it."""
    own = write("p-256", read(os.path.join(ETC, "profile")).replace("= rsa-2048", "= p-256"))
    data, status, errors = init("next", "--profile", own)
    tap.check(status == 0, "init makes authorities with P-256 keys", errors)
    service = jpkid.Service(data)
    for kind in ("signature", "authentication"):
        pem, crl = os.path.join(folder, "next.pem"), os.path.join(data, "published", kind + ".crl")
        openssl("x509", "-inform", "DER", "-in", os.path.join(data, "published", kind + ".cer"), "-out", pem)
        text = openssl("x509", "-in", pem, "-noout", "-text")[1]
        tap.check("ecdsa-with-SHA256" in text and "prime256v1" in text and "RSA" not in text,
                  f"the {kind} authority is ECDSA on P-256 alone", text)
        text = openssl("crl", "-inform", "DER", "-in", crl, "-noout", "-CAfile", pem, "-text")[1]
        tap.check("verify OK" in text and "ecdsa-with-SHA256" in text, f"openssl verifies the {kind} list", text)
        ask = ["ocsp", "-issuer", pem, "-CAfile", pem, "-url", service.urls["status"] + "ocsp", "-serial", "99"]
        tap.check(wait_until(lambda: "verify OK" in openssl(*ask)[1]), f"openssl verifies an answer ({kind})",
                  openssl(*ask)[1])
    other = os.path.join(data, "published", "signature.cer")
    text = openssl("crl", "-inform", "DER", "-in", crl, "-noout", "-CAfile", other)[1]
    tap.check("verify OK" not in text, "but not under the other authority", text)
    tap.check(service.stop() == 0, "and it ends well")
    kept = os.path.join(data, "etc", "profile")
    shutil.copy(os.path.join(ETC, "profile"), kept)
    status, errors = jpkid.run("serve", "--data", data, "--listen", "127.0.0.1:0")
    tap.check(status == 2 and "not a key of its type" in errors, "serve refuses another algorithm than init's", errors)


def main():
    test_mistakes()
    test_default()
    test_changed_afterwards(test_kept())
    test_next_card()
    shutil.rmtree(folder)
    tap.end()


if __name__ == "__main__":
    main()
