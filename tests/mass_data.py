"""Many certificates in the database of a data folder, as if they had been issued, for mass acts: with tests and benches.
They are signed by nobody; only their states matter. The service must not run."""
import hashlib
import os
import sqlite3
import time

KIND = 1  # authentication
CARD = "0003720000009993137220340514"


def connect(data):
    connection = sqlite3.connect(os.path.join(data, "database", "jpki.db"))
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def seed(data, num):
    """Their serials, rising."""
    connection = connect(data)
    now = int(time.time())
    first = connection.execute("SELECT MAX(serial) + 1 FROM signing WHERE kind = ?", (KIND,)).fetchone()[0]
    epoch = connection.execute("SELECT COALESCE(MAX(epoch), 0) FROM change").fetchone()[0]
    serials = range(first, first + num)
    connection.execute("INSERT INTO card (id, point, made) VALUES (?, ?, ?)", (CARD, bytes(65), now))
    connection.executemany("INSERT INTO signing (kind, serial, what, tbs, certificate, is_refused)"
                           " VALUES (?, ?, 1, x'00', x'00', 0)", ((KIND, serial) for serial in serials))
    connection.executemany(
        "INSERT INTO certificate (kind, serial, application, resident, card, key_digest, leaf_digest, common_name, issued,"
        " last_day, state, reason, since, installed) VALUES (?, ?, ?, ?, ?, ?, zeroblob(32), ?, ?, ?, 2, 0, 0, ?)",
        ((KIND, serial, 10**6 + serial, 10**6 + serial, CARD, hashlib.sha256(b"key %d" % serial).digest(),
          f"SAMPLE {serial}", now, now // 86400 + 1500, now) for serial in serials))
    connection.executemany("INSERT INTO change (epoch, authority, serial, state, reason, time, municipality)"
                           " VALUES (?, ?, ?, 2, 0, 0, 31372)",
                           ((epoch + 1 + i, KIND, serial) for i, serial in enumerate(serials)))
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return serials


def write_list(path, serials):
    with open(path, "w") as file:
        file.write("".join(f"{serial}\n" for serial in serials))
    return path
