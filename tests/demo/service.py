"""Our own parts on the stage: the service, the terminal with its card readers, the acts socket."""
import calendar
import json
import os
import shutil
import signal
import sqlite3
from time import strptime

import acts
import jpkid
import pcscd
import postgres
from shell import free_port
from stage import SOURCE, Failure

PASSPHRASE = "sample passphrase of the demo"


class Service:
    """jpkid on sample data, in the stage's folder."""

    def __init__(self, stage, clock, store=None, token=None):
        self.stage = stage
        self.store = store  # an address of PostgreSQL; None: a file
        self.token = token  # a PKCS#11 token; None: sealed files
        self.data = os.path.join(stage.folder, "data")
        self.acts_path = os.path.join(self.data, "run", "acts.sock")
        self.address = f"127.0.0.1:{free_port()}"
        self.web = f"127.0.0.1:{free_port()}"
        self.clock = clock
        self.process = None
        stage.environment["JPKI_ACTS_SOCKET"] = self.acts_path
        stage.environment.update(token.environment if token else {})
        stage.set_clock(seconds(clock))

    def change_database(self, sql):
        """As an operator with every right to it."""
        if self.store:
            postgres.sql(self.store, sql)
            return
        with sqlite3.connect(os.path.join(self.data, "database", "jpki.db")) as connection:
            connection.executescript(sql)

    @property
    def ocsp(self):
        return f"http://{self.address}/ocsp"

    def init(self):
        self.stage.run("jpkid", "init", "--data", self.data, "--sample", "--etc",
                       os.path.join(SOURCE, "etc"), "--passphrase-fd", "{pins}", "--clock", self.clock,
                       *(["--store", self.store] if self.store else []),
                       *(self.token.words if self.token else []), pins=[PASSPHRASE])

    def start(self):
        before = self.num_starts()
        self.process = self.stage.start(
            "jpkid", "serve", "--data", self.data, "--passphrase-fd", "{passphrase}", "--listen",
            self.address, "--web", self.web, "--clock", self.stage.iso_now(),
            name="jpkid", log="jpkid.log", passphrase=PASSPHRASE,
            ready=lambda: self.num_starts() > before)

    def num_starts(self):
        """How often jpkid said that it is ready."""
        try:
            with open(os.path.join(self.stage.folder, "jpkid.log")) as log:
                return log.read().split("\n").count("ready")
        except FileNotFoundError:
            return 0

    def stop(self):
        self.stage.stop(self.process)

    def start_again(self):
        """Where the story is by now; whatever of it still runs is ended first."""
        self.stop()
        self.start()

    def kill_role(self, role):
        """kill -9 of one of the four processes."""
        pid = jpkid.roles_of(self.process.pid).get(role)
        if pid is None:
            raise Failure(f"no process {role}")
        os.kill(pid, signal.SIGKILL)

    def move_clock(self, time):
        """Forward only, an act of the administrator; what starts later starts there."""
        self.stage.run("jpki", "admin", "clock", time, "--as", "admin1")
        self.stage.set_clock(seconds(time))

    def act(self, name, actor, **fields):
        """One act over the socket, without our own client: as a hostile terminal would."""
        try:
            with acts.Connection(self.acts_path) as connection:
                answer = connection.ask(name, actor, **fields)
        except EOFError as error:
            raise Failure(str(error)) from None
        self.stage.write("log", f"act {name} as {actor} {json.dumps(fields)[:400]}\n"
                                f"{json.dumps(answer, ensure_ascii=False)[:800]}\n\n", append=True)
        return answer


def seconds(time):
    """Of a time like 2026-12-01T01:00:00Z."""
    return calendar.timegm(strptime(time, "%Y-%m-%dT%H:%M:%SZ"))


class Terminal:
    """One reader; cards are put in and taken out by the name of their image."""

    def __init__(self, stage):
        self.stage = stage
        self.cards = os.path.join(stage.folder, "cards")
        self.readers = None
        self.inside = None
        os.makedirs(self.cards)

    def start(self):
        self.readers = pcscd.Readers(1, log=os.path.join(self.stage.folder, "pcscd.log"))
        self.readers.__enter__()

    def stop(self):
        if self.readers:
            self.readers.__exit__()

    def image(self, name):
        return os.path.join(self.cards, name)

    def put_in(self, name):
        self.take_out()
        self.readers.insert(0, self.image(name))
        self.inside = name

    def take_out(self):
        if self.readers.cards[0]:
            self.readers.remove(0)

    def keep_image(self, name):
        """A copy in the step's folder, for judges that want the card itself (tools/with-card)."""
        shutil.copy(self.image(name), self.stage.path(name))
        return name
