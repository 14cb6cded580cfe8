#!/usr/bin/python3
"""A PostgreSQL of one's own: in a temporary folder, on a Unix socket in it, gone at the end.

    tests/postgres.py [--own] PROGRAM ARGUMENT...

runs the program with JPKI_TEST_STORE set to such a database: the one that JPKI_TEST_POSTGRES names
(tools/run-tests starts one for all), or else a new one. --own: always a new one, with the settings of
real use; without it the disk is not waited for."""
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SHARED = "JPKI_TEST_POSTGRES"
QUICK = ["fsync=off", "full_page_writes=off"]
SETTINGS = ["listen_addresses=", "shared_buffers=32MB", "max_connections=60"]
START_SECONDS = 30


def programs():
    """The folder of the newest that is installed, or None."""
    folders = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    return os.path.dirname(max(folders, key=lambda path: int(path.split("/")[4]))) if folders else None


def as_user():
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


class Postgres:
    def __init__(self, settings=()):
        self.settings, self.init_words = list(settings), []
        self.folder = self.process = None

    def start(self):
        self.folder = tempfile.mkdtemp(prefix="jpki-postgres-")
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        try:
            subprocess.run([*as_user(), f"{programs()}/initdb", "-D", f"{self.folder}/data", "-U", "jpki",
                            "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync", *self.init_words], check=True,
                           cwd="/", stdout=subprocess.DEVNULL, timeout=60)
            self.begin()
        except BaseException:
            self.stop()
            raise
        return self

    def begin(self):
        """Starts the server on the data that are there, and waits until it answers."""
        words = [f"{programs()}/postgres", "-D", f"{self.folder}/data", "-k", self.folder]
        for setting in SETTINGS + self.settings:
            words += ["-c", setting]
        guard = ["setpriv", "--pdeathsig", "QUIT"]
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen([*as_user(), *guard, *words], cwd="/", stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)
        end = time.monotonic() + START_SECONDS
        while subprocess.run([f"{programs()}/pg_isready", "-q", "-h", self.folder]).returncode != 0:
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(open(f"{self.folder}/log").read())
            time.sleep(0.02)

    def end(self, how=signal.SIGQUIT):
        """SIGQUIT: at once, as when the power fails."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def stop(self):
        self.end()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = None

    @property
    def store(self):
        """For --store and JPKI_TEST_STORE."""
        return f"postgres:host={self.folder} user=jpki dbname=postgres"

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def sql(store, text):
    """Runs SQL with psql; the rows as lists of texts."""
    done = subprocess.run(["psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1",
                           store.removeprefix("postgres:"), "-c", text], capture_output=True, text=True,
                          timeout=30)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [line.split("|") for line in done.stdout.splitlines()]


def run(words, store):
    return subprocess.run(words, env=dict(os.environ, JPKI_TEST_STORE=store)).returncode


def run_apart(words, shared):
    """In a database of the program's own, on the server that others use at the same time."""
    name = f"apart_{os.getpid()}"
    sql(shared, f"CREATE DATABASE {name}")
    try:
        return run(words, shared.replace("dbname=postgres", f"dbname={name}"))
    finally:
        sql(shared, f"DROP DATABASE {name} WITH (FORCE)")


def main():
    words = sys.argv[1:]
    is_own = words[0] == "--own"
    words = words[is_own:]
    if SHARED in os.environ and not is_own:
        return run_apart(words, os.environ[SHARED])
    if not programs():
        print("1..0 # SKIP PostgreSQL is not installed")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with Postgres([] if is_own else QUICK) as postgres:
        return run(words, postgres.store)


if __name__ == "__main__":
    sys.exit(main())
