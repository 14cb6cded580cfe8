#!/usr/bin/python3
"""Reads a push set as docs/PROTOCOL.push-set has it, by its text alone: a second opinion on the bytes.

    push_set_reader.py FILE    prints the head, then `listed` and `unknown` with their serials; 1 when it is refused
"""
import subprocess
import sys
import tempfile

BLOCK = 65536


class Refused(Exception):
    pass


def demand(holds, why):
    if not holds:
        raise Refused(why)


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, num):
        demand(self.at + num <= len(self.data), "ends early")
        self.at += num
        return self.data[self.at - num:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "big")


def block_members(coded, num):
    """The positions of a block's members."""
    if not coded:
        return set()
    inverted, k = coded[0] & 0x80, coded[0] & 0x0f
    demand(coded[0] & 0x70 == 0, "parameters")
    bits = "".join(f"{byte:08b}" for byte in coded[1:])
    at, position, found = 0, 0, set()
    while (zero := bits.find("0", at)) >= 0:
        demand(zero + 1 + k <= len(bits), "a remainder is cut")
        position += ((zero - at) << k) + int("0" + bits[zero + 1:zero + 1 + k], 2)
        demand(position < num, "outside of its block")
        found.add(position)
        position, at = position + 1, zero + 1 + k
    demand(len(bits) - at < 8 and (inverted or found), "padding, or an empty block")
    return set(range(num)) - found if inverted else found


def layer(cursor, first, last):
    starts = range(first, last + 1, BLOCK)
    ends = [0] + [cursor.number(4) for _ in starts]
    demand(ends == sorted(ends), "ends fall")
    data, members = cursor.take(ends[-1]), []
    for i, start in enumerate(starts):
        num = min(BLOCK, last + 1 - start)
        members += sorted(start + at for at in block_members(data[ends[i]:ends[i + 1]], num))
    return members


def read(data):
    cursor, head = Cursor(data), {}
    demand(cursor.take(16) == b"JPKI push set 1\n", "magic")
    head["authority"] = cursor.take(32).hex()
    for name in ("thisUpdate", "nextUpdate", "epoch", "first", "last", "num listed", "num unknown"):
        head[name] = cursor.number(8)
    first, last = head["first"], head["last"]
    demand(head["nextUpdate"] > head["thisUpdate"] and first > 0 and first - 1 <= last < first + 2 ** 28, "head")
    listed, unknown = layer(cursor, first, last), layer(cursor, first, last)
    demand((len(listed), len(unknown)) == (head["num listed"], head["num unknown"]), "numbers")
    demand(not set(listed) & set(unknown), "in both layers")
    certificate = cursor.take(cursor.number(4))
    signed = data[:cursor.at]
    signature = cursor.take(cursor.number(4))
    demand(cursor.at == len(data), "goes on")
    return head, listed, unknown, certificate, signed, signature


def check_signature(certificate, signed, signature):
    """By openssl, with the key of the certificate."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("certificate", certificate), ("signed", signed), ("signature", signature)):
            with open(f"{folder}/{name}", "wb") as file:
                file.write(content)
        subprocess.run(["openssl", "x509", "-inform", "DER", "-in", "certificate", "-noout", "-pubkey", "-out", "key"],
                       cwd=folder, check=True)
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", "key", "-signature", "signature", "signed"],
                              cwd=folder, capture_output=True)
    demand(done.returncode == 0, "signature")


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    try:
        head, listed, unknown, *rest = read(data)
        check_signature(*rest)
    except Refused as refused:
        sys.exit(f"refused: {refused}")
    for name, value in head.items():
        print(f"{name}: {value}")
    print("listed", *listed)
    print("unknown", *unknown)


if __name__ == "__main__":
    main()
