"""A PostgreSQL whose data folder can be copied while nobody asks it, and started again elsewhere from the copy,
as after a power cut; and one that is killed with all its processes."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import postgres
import wire

programs = postgres.programs  # None: it is not installed

# Nothing is written by a clock of its own; what is not flushed when all processes are killed is lost. The kernel
# lives on, so that a sync of PostgreSQL's would change nothing.
SETTINGS = ["fsync=off", "autovacuum=off", "checkpoint_timeout=1h", "wal_writer_delay=10s", "min_wal_size=2MB",
            "wal_writer_flush_after=0", "bgwriter_lru_maxpages=0", "max_wal_size=64MB"]


class Cluster(postgres.Postgres):
    """A new one; or, begun from a copy of another's data folder."""

    def __init__(self):
        super().__init__(SETTINGS)
        self.init_words = ["--wal-segsize=1"]

    def start_from(self, data):
        self.folder = tempfile.mkdtemp(prefix="jpki-postgres-")
        shutil.chown(self.folder, "postgres") if os.geteuid() == 0 else None
        copy_data(data, f"{self.folder}/data")
        self.begin()
        return self

    def copy(self, to):
        copy_data(f"{self.folder}/data", to)

    def processes(self):
        """The postmaster's and its children's."""
        found = [self.process.pid]
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{entry}/stat") as file:
                    if int(file.read().rpartition(")")[2].split()[1]) == self.process.pid:
                        found.append(int(entry))
            except (OSError, ValueError):
                continue
        return found

    def kill(self):
        """All processes at once; what they had not written is gone."""
        found = self.processes()
        for process in found:
            signal_to(process, signal.SIGSTOP)
        for process in found:
            signal_to(process, signal.SIGKILL)
        self.process.wait()
        while any(os.path.exists(f"/proc/{process}") for process in found[1:]):
            time.sleep(0.002)
        os.unlink(f"{self.folder}/data/postmaster.pid")

    def backends(self):
        return [int(row[0]) for row in wire.query(
            self.folder, "SELECT pid FROM pg_stat_activity WHERE application_name = 'jpkid'")]


def signal_to(process, number):
    try:
        os.kill(process, number)
    except ProcessLookupError:
        pass


def copy_data(data, to):
    subprocess.run(["cp", "-a", data, to], check=True)
    for name in ("postmaster.pid", "postmaster.opts"):
        if os.path.exists(f"{to}/{name}"):
            os.unlink(f"{to}/{name}")


def dump(folder, tables):
    """{table: [rows as dictionaries]}: what is committed, at one moment."""
    found = {table: [] for table in tables}
    for table, row in wire.query(folder, " UNION ALL ".join(
            f"SELECT '{table}', row_to_json(t)::text FROM {table} t" for table in tables)):
        found[table].append({name: value_of(value) for name, value in json.loads(row).items()})
    return found


def value_of(value):
    """A blob as bytes; PostgreSQL prints it with \\x before it."""
    is_blob = isinstance(value, str) and re.fullmatch(r"\\x([0-9a-f]{2})*", value)
    return bytes.fromhex(value[2:]) if is_blob else value
