#!/usr/bin/python3
"""jpkid on PostgreSQL: where the address goes, who connects, one writer, a server that goes away."""
import os
import shutil
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["JPKI_SOURCE"], "tests"))
import jpkid
from postgres import QUICK, Postgres, programs, sql
from tap import Tap, skip_all

if not programs():
    skip_all("PostgreSQL is not installed")
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpkid-postgres-")
DATA = os.path.join(folder, "data")
CONNECTIONS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'jpkid'"


def init(store, data=DATA):
    return jpkid.init(data, "--store", store)


def serve():
    service = jpkid.Service(DATA)
    if not service.is_ready:
        raise RuntimeError(service.said())
    return service


def act():
    done = subprocess.run([f"{jpkid.BUILD}/jpki", "counter", "open", "--procedure", "new", "--resident", "1001", "--kind",
                           "both", "--pin", "never-set", "--as", "daiei1", "--socket", f"{DATA}/run/acts.sock"],
                          capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_init(server):
    for store in (f"{folder}/file.db", "mysql:x"):
        status, errors = init(store)
        tap.check(status == 64 and not os.path.exists(DATA), f"init refuses --store {store.split('/')[-1]}", errors)
    status, errors = init(f"postgres:host={folder} dbname=jpki password=hidden")
    tap.check(status == 2 and "hidden" not in errors and os.listdir(folder) == [],
              "a server that is not there: nothing is left, no password is said", errors)
    status, errors = init(server.store)
    tap.check(status == 0, "init fills a database", errors)
    address = f"{DATA}/database/address"
    mode = stat.S_IMODE(os.stat(address).st_mode)
    tap.check(open(address).read() == server.store and mode == 0o600 and os.listdir(f"{DATA}/database") == ["address"],
              "the folder keeps its address, for its owner", oct(mode))
    status, errors = init(server.store, data=f"{folder}/second")
    tap.check(status == 1 and "it has tables already" in errors, "init refuses a database that is used", errors)


def test_serve(server):
    service = serve()
    tap.check(len(sql(server.store, CONNECTIONS)) == 1, "one process has one connection")
    status, said = act()
    tap.check(status == 0, "an act is done", said)
    tap.check(sql(server.store, "SELECT resident FROM application") == [["1001"]], "and stands in the database")
    copy = f"{folder}/copy"
    shutil.copytree(DATA, copy, ignore=lambda path, names: [name for name in names if name.endswith((".sock", ".new"))])
    status, errors = jpkid.run("serve", "--data", copy, "--listen", "127.0.0.1:0")
    tap.check(status == 2 and "another process is the writer of this database" in errors,
              "a second service on the database is refused", errors)
    status, said = act()
    tap.check(status == 0, "the first goes on", said)
    return service


def test_cut(server, service):
    sql(server.store, CONNECTIONS.replace("SELECT pid", "SELECT pg_terminate_backend(pid)"))
    status, said = act()
    tap.check(status != 0, "a cut connection: the act is not done", said)
    status, errors = service.wait(), service.said()
    tap.check(status == 2 and "jpkid: commit: " in errors and "terminating connection" in errors and "start it again" in errors,
              "and the service ends, with its reason", errors)
    service = serve()
    status, said = act()
    tap.check(status == 0, "started again, it goes on", said)
    server.end()
    server.begin()
    act()
    tap.check(service.wait() == 2, "a server that died ends the service")
    service = serve()
    tap.check(len(sql(server.store, "SELECT number FROM application")) == 3, "nothing that was done is lost")
    tap.check(service.stop() == 0, "SIGTERM ends the service with 0")


try:
    with Postgres(QUICK) as server:
        test_init(server)
        test_cut(server, test_serve(server))
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
