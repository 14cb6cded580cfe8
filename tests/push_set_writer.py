"""Writes push sets from the text of docs/PROTOCOL.push-set, signed by openssl; what our reader is judged with."""
import hashlib
import time

BLOCK = 65536


def coded(members, num):
    """A block in the plainest form: k = 0, inverted when most are members."""
    inverted = len(members) > num / 2
    told = sorted(set(range(num)) - members) if inverted else sorted(members)
    if not members:
        return b""
    bits, position = "", 0
    for member in told:
        bits, position = bits + "1" * (member - position) + "0", member + 1
    bits += "1" * (-len(bits) % 8)
    return bytes([0x80 if inverted else 0]) + bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def layer(members, first, last):
    ends, data = b"", b""
    for start in range(first, last + 1, BLOCK):
        num = min(BLOCK, last + 1 - start)
        data += coded({member - start for member in members if start <= member < start + num}, num)
        ends += len(data).to_bytes(4, "big")
    return ends + data


def write(authority, signer, path, listed=(), unknown=(), serials=(1, 0), times=(0, 3600), about=None):
    """times: thisUpdate and nextUpdate, seconds from now; about: the authority whose key is named, another's if given."""
    key = (about or authority).openssl("x509", "-in", "authority.pem", "-noout", "-pubkey")
    der = authority.openssl("pkey", "-pubin", "-outform", "DER", data=key)
    first, last = serials
    numbers = [int(time.time()) + seconds for seconds in times] + [1, first, last, len(listed), len(unknown)]
    body = b"JPKI push set 1\n" + hashlib.sha256(der).digest() + b"".join(n.to_bytes(8, "big") for n in numbers)
    body += layer(set(listed), first, last) + layer(set(unknown), first, last)
    certificate = authority.openssl("x509", "-in", signer + ".pem", "-outform", "DER")
    body += len(certificate).to_bytes(4, "big") + certificate
    signature = authority.openssl("dgst", "-sha256", "-sign", signer + ".key", data=body)
    with open(path, "wb") as file:
        file.write(body + len(signature).to_bytes(4, "big") + signature)
