"""Issuance: certificates a second over the acts socket, all checks on, requests made beforehand."""
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("JPKI_BUILD", os.path.join(SOURCE, "build"))
PASSPHRASE = "sample passphrase of the bench"
FIRST = 1000000  # number of the first application and of its resident
KINDS = {"signature": 0, "authentication": 1}


def requests(num, kind):
    """Lines of build/bench/requests-KIND-NUM, made once."""
    path = os.path.join(BUILD, "bench", f"requests-{kind}-{num}")
    if not os.path.exists(path):
        with open(path + ".new", "w") as out:
            subprocess.run([os.path.join(BUILD, "bench", "bench-requests"), str(num), kind], stdout=out, check=True)
        os.rename(path + ".new", path)
    with open(path) as lines:
        return [line.split() for line in lines]


def jpkid(command, data, *arguments, **more):
    read_end, write_end = os.pipe()
    os.write(write_end, (PASSPHRASE + "\n").encode())
    os.close(write_end)
    process = subprocess.Popen([os.path.join(BUILD, "jpkid"), command, "--data", data, "--passphrase-fd",
                                str(read_end), *arguments], pass_fds=[read_end], **more)
    os.close(read_end)
    return process


def database(data):
    folder = os.path.join(data, "database")
    return os.path.join(folder, next(name for name in os.listdir(folder) if name.endswith(".db")))


def prepare(data, lines, kind):
    """Residents with cards and open applications whose next step is the certificate."""
    connection = sqlite3.connect(database(data))
    connection.execute("PRAGMA synchronous = OFF")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(resident)")]
    model = dict(zip(columns, connection.execute("SELECT * FROM resident WHERE number = 1001").fetchone()))
    now = int(time.time())
    for position, (card, point, identity, nonce, _, _) in enumerate(lines):
        number = FIRST + position
        resident = dict(model, number=number, card_id=card)
        connection.execute(f"INSERT INTO resident VALUES ({', '.join('?' * len(columns))})",
                           [resident[column] for column in columns])
        connection.execute("INSERT INTO card (id, point, made) VALUES (?, ?, ?)", (card, bytes.fromhex(point), now))
        connection.execute("INSERT INTO application (number, identity, procedure, applicant, kinds, resident, card,"
                           " fee, state, opened, opened_by) VALUES (?, ?, 'new', 'holder', ?, ?, ?, 0, 0, ?, 'daiei1')",
                           (number, bytes.fromhex(identity), 1 << KINDS[kind], number, card, now))
        for place, step in enumerate(("issue", "install"), 1):
            connection.execute("INSERT INTO step (application, position, name, kind, visit) VALUES (?, ?, ?, ?, 1)",
                               (number, place, step, KINDS[kind]))
        connection.execute("INSERT INTO nonce (nonce, application, made) VALUES (?, ?, ?)",
                           (bytes.fromhex(nonce), number, now))
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def acts(lines, kind):
    for position, (card, _, _, nonce, statement, request) in enumerate(lines):
        yield json.dumps({"act": "issue", "as": "daiei1", "fields": {
            "number": FIRST + position, "kind": kind, "nonce": nonce, "statement": statement, "request": request}})


def measure(num, kind, connections, *init):
    """One run in a fresh folder: (certificates a second, p99 in milliseconds, CPU seconds of jpkid)."""
    lines = requests(num, kind)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        data = os.path.join(folder, "data")
        made = jpkid("init", data, "--sample", "--etc", os.path.join(SOURCE, "etc"), *init)
        assert made.wait() == 0
        prepare(data, lines, kind)
        service = jpkid("serve", data, "--listen", "127.0.0.1:0", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                        text=True)
        while service.stdout.readline().strip() != "ready":
            pass
        before = cpu_seconds(service.pid)
        done = subprocess.run([os.path.join(BUILD, "bench", "bench-acts"), os.path.join(data, "run", "acts.sock"),
                               str(connections)], input="\n".join(acts(lines, kind)) + "\n", capture_output=True,
                              text=True, check=True)
        used = {role: after - before[role] for role, after in cpu_seconds(service.pid).items()}
        service.terminate()
        service.wait()
    found = re.match(r"(\d+) done, (\d+) refused, ([\d.]+) s, p50 ([\d.]+) ms, p99 ([\d.]+) ms", done.stdout)
    assert found and found[2] == "0", done.stdout + done.stderr
    return num / float(found[3]), float(found[5]), used


def cpu_seconds(parent):
    """CPU seconds used by each role below a jpkid."""
    used = {}
    for pid in open(f"/proc/{parent}/task/{parent}/children").read().split():
        role = open(f"/proc/{pid}/cmdline").read().split("\0")[2]
        fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
        used[role] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


if __name__ == "__main__":
    import sys
    count = int(sys.argv[1])
    rate, slow, used = measure(count, sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
    print(f"{rate:.0f}/s, p99 {slow:.1f} ms, microseconds of CPU each: " +
          ", ".join(f"{role} {seconds / count * 1e6:.0f}" for role, seconds in used.items()))
