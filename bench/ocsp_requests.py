"""OCSP requests about many serials, written by hand: RFC 6960 4.1.1, SHA-1 in the CertID as clients have it."""
import base64
import os
import subprocess
import urllib.parse

SHA1 = bytes.fromhex("300906052b0e03021a0500")
NONCE = bytes.fromhex("06092b0601050507300102")


def der(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def issuer_hashes(pem):
    """SHA-1 of name and key of the certificate in a PEM file."""
    said = subprocess.run(["openssl", "x509", "-in", pem, "-noout", "-ocspid"],
                          capture_output=True, text=True, check=True).stdout
    return [bytes.fromhex(said.split(f"{what} OCSP hash: ")[1].split()[0]) for what in ("Subject", "Public key")]


def request(hashes, serial, nonce=b""):
    name, key = hashes
    number = serial.to_bytes(serial.bit_length() // 8 + 1, "big")
    one = der(0x30, der(0x30, SHA1, der(4, name), der(4, key), der(2, number)))
    extensions = der(0xA2, der(0x30, der(0x30, NONCE, der(4, der(4, nonce))))) if nonce else b""
    return der(0x30, der(0x30, der(0x30, one), extensions))


def spread(first, num_serials, num):
    """num serials over the whole range, no two alike; every hundredth is the first of a hundred, as in the range itself,
    so that as many of them are revoked."""
    step = num_serials // num
    return [first + at * step + at % min(step, 100) for at in range(num)]


def as_path(prefix, body):
    return prefix + urllib.parse.quote(base64.b64encode(body).decode(), safe="")


def write_gets(path, prefix, hashes, serials):
    with open(path, "w") as file:
        file.writelines(as_path(prefix, request(hashes, serial)) + "\n" for serial in serials)


def write_posts(path, hashes, serials, has_nonce):
    with open(path, "w") as file:
        file.writelines(request(hashes, serial, os.urandom(16) if has_nonce else b"").hex() + "\n"
                        for serial in serials)
