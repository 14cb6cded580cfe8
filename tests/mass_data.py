"""Many certificates in the database of a data folder, as if they had been issued, for mass acts: with tests and benches.
They are signed by nobody; only their states matter. The service must not run."""
import hashlib
import os
import sqlite3
import struct
import time

KIND = 1  # authentication
CARD = "0003720000009993137220340514"


def connect(data):
    connection = sqlite3.connect(os.path.join(data, "database", "jpki.db"))
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def seed(data, num, kind=KIND, municipality=31372):
    """Their serials, rising."""
    connection = connect(data)
    now = int(time.time())
    first = connection.execute("SELECT MAX(serial) + 1 FROM signing WHERE kind = ?", (kind,)).fetchone()[0]
    epoch = connection.execute("SELECT COALESCE(MAX(epoch), 0) FROM change").fetchone()[0]
    serials = range(first, first + num)
    connection.execute("INSERT INTO card (id, point, made) VALUES (?, ?, ?)", (CARD, bytes(65), now))
    each = "WITH RECURSIVE each (serial) AS (SELECT :first UNION ALL SELECT serial + 1 FROM each WHERE serial < :last) "
    values = {"first": first, "last": serials[-1], "kind": kind, "card": CARD, "now": now, "epoch": epoch,
              "municipality": municipality}
    for statement in (
            "INSERT INTO signing (kind, serial, what, tbs, signature, is_refused)"
            " SELECT :kind, serial, 1, x'00', x'00', 0 FROM each",
            "INSERT INTO certificate (kind, serial, application, resident, card, key_digest, leaf_digest, common_name,"
            " issued, last_day, state, reason, since, installed) SELECT :kind, serial, 1000000 + serial, 1000000 + serial,"
            " :card, CAST(printf('key %028d', serial) AS BLOB), zeroblob(32), printf('SAMPLE %d', serial), :now,"
            " :now / 86400 + 1500, 2, 0, 0, :now FROM each",
            "INSERT INTO change (epoch, authority, serial, state, reason, time, municipality)"
            " SELECT :epoch + 1 + serial - :first, :kind, serial, 2, 0, 0, :municipality FROM each"):
        connection.execute(each + statement, values)
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return serials


def seed_log(data, serials, kind=KIND):
    """Their records in signed.log, behind those that are there (docs/PROTOCOL.signer, 5)."""
    now = int(time.time())
    with open(os.path.join(data, "signer", "signed.log"), "r+b") as file:
        begin = file.seek(0, os.SEEK_END)
        file.seek(-32, os.SEEK_END)
        chain, sequence = file.read(32), (begin - 18) // 144
        for sequence, serial in enumerate(serials, sequence + 1):
            number = struct.pack(">Q", serial)
            body = struct.pack(">QQBB", sequence, now, 2, kind) + hashlib.sha256(number).digest() + number + bytes(54)
            chain = hashlib.sha256(chain + body).digest()
            file.write(body + chain)


def write_list(path, serials):
    with open(path, "w") as file:
        file.write("".join(f"{serial}\n" for serial in serials))
    return path
