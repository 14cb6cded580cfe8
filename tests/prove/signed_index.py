"""signed.index, by PROTOCOL.signer 6: whether what a start would believe of it has forgotten a record; and a log of
more than two segments."""
import functools
import hashlib
import os
import struct

SEGMENT, HEAD, SLOTS, RECORDS = 1052672, 4096, 262144, 65536
LOG_HEAD, RECORD = 18, 144
AUTHORITY, CRL, PERMIT, CHECKPOINT = 1, 4, 5, 6
NOBODY = b"0" * 28  # the card of the permits that fill the log; the centre knows none of them


def marks(body):
    kind_of, kind, digest, detail = body[16], body[17:18], body[18:50], body[50:]
    if 1 <= kind_of <= CRL or kind_of == CHECKPOINT:
        yield digest
    if kind_of == AUTHORITY:
        yield hashlib.sha256(b"authority " + detail[8:40]).digest()
    if kind_of == CRL:
        yield hashlib.sha256(b"list " + kind + detail[:8] + detail[16:48]).digest()
    if kind_of == PERMIT:
        yield hashlib.sha256(b"challenge " + detail[28:44]).digest()


def has(table, mark, place):
    slot = int.from_bytes(mark[:3]) % SLOTS
    wanted = struct.pack(">HH", place, int.from_bytes(mark[3:5]) or 1)
    while table[4 * slot + 2:4 * slot + 4] != b"\0\0":
        if table[4 * slot:4 * slot + 4] == wanted:
            return True
        slot = (slot + 1) % SLOTS
    return False


def segments(content, log):
    """(record before the first, last record, table) of each; none when a start would not believe the file."""
    found, begin = [], 0
    for at in range(0, len(content), SEGMENT):
        head, table = content[at:at + HEAD], content[at + HEAD:at + SEGMENT]
        first, last = struct.unpack(">QQ", head[20:36])
        if len(table) < SEGMENT - HEAD or hashlib.sha256(head[:-32]).digest() != head[-32:] or first != begin:
            return []
        found.append((first, last, table))
        begin = last
    if not found or hashlib.sha256(table).digest() != head[196:228]:
        return []
    end = LOG_HEAD + last * RECORD
    return found if log[end - 32:end] == head[164:196] else []


def check(data, wrong):
    """How many segments a start would believe."""
    try:
        with open(f"{data}/signer/signed.index", "rb") as file:
            content = file.read()
    except FileNotFoundError:
        return 0
    with open(f"{data}/signer/signed.log", "rb") as file:
        log = file.read()
    believed = segments(content, log)
    forgotten = forgotten_of(content, log[:LOG_HEAD + believed[-1][1] * RECORD]) if believed else None
    if forgotten:
        wrong.append(f"signed.index is believed and has forgotten record {forgotten}")
    return len(believed)


@functools.lru_cache(8)
def forgotten_of(content, log):
    """The first record that is in no table; None: all are. Most moments of a sweep have the same."""
    for first, last, table in segments(content, log):
        for sequence in range(first + 1, last + 1):
            at = LOG_HEAD + (sequence - 1) * RECORD
            if not all(has(table, mark, sequence - first - 1) for mark in marks(log[at:at + 112])):
                return sequence
    return None


def lengthen(data, num=2 * RECORDS + 1000):
    """Permits that nobody asked for, behind what the log has; the index is lost."""
    with open(f"{data}/signer/signed.log", "r+b") as file:
        sequence = (file.seek(0, os.SEEK_END) - LOG_HEAD) // RECORD
        file.seek(-32, os.SEEK_END)
        chain = file.read(32)
        for sequence in range(sequence + 1, sequence + 1 + num):
            detail = NOBODY + struct.pack(">QQ", 0, sequence)
            body = struct.pack(">QQBB", sequence, 0, PERMIT, 0) + bytes(32) + detail + bytes(18)
            chain = hashlib.sha256(chain + body).digest()
            file.write(body + chain)
    os.unlink(f"{data}/signer/signed.index")
