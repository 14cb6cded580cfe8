"""What is done to the connection between commit and PostgreSQL at one of its requests, and to those at its ends; and
the seeded bugs that a sweep of connection.py must find."""
import os
import random
import shutil
import signal
import threading
import time

import centre
import cluster
import durable
import faults
import wire

# How a connection ends at a request.
HOWS = {
    "unsent": "cut before the server has the request",
    "unread": "cut when the server has it; nobody waits for what it does",
    "unanswered": "cut when it has been done, before the answer comes back",
    "terminated": "pg_terminate_backend before it",
    "server killed before": "kill -9 of all of PostgreSQL before it",
    "server killed": "kill -9 of all of PostgreSQL while it works on it",
    "server killed after": "kill -9 of all of PostgreSQL when it has been done, before the answer comes back",
    "commit killed": "kill -9 of commit before the server has it",
    "signer killed": "kill -9 of signer before it",
}


class Fault(wire.Watch):
    """Does it once, at the request of that number. Before that it keeps what is committed: all of it has been
    answered, so that it is owed."""

    def __init__(self, run, number, how):
        self.run, self.number, self.how, self.name = run, number, how, None

    def ask(self, number, request, pass_on):
        if number != self.number:
            return pass_on()
        self.name = wire.name_of(request)
        self.run.owed = faults.Owed(cluster.dump(self.run.server.folder, centre.TABLES), self.run.data)
        return getattr(self, self.how.replace(" ", "_"))(pass_on)

    def unsent(self, pass_on):
        return None

    def unread(self, pass_on):
        threading.Thread(target=pass_on, daemon=True).start()
        return None

    def unanswered(self, pass_on):
        pass_on()
        return None

    def terminate(self):
        wire.query(self.run.server.folder, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                           " WHERE application_name = 'jpkid'")

    def terminated(self, pass_on):
        self.terminate()
        return pass_on() or None

    def end(self):
        """When the scene is over."""

    def server_killed_before(self, pass_on):
        self.run.server.kill()
        return pass_on() or None

    def server_killed(self, pass_on):
        work = threading.Thread(target=pass_on, daemon=True)
        work.start()
        time.sleep(random.Random(self.number).random() * 0.002)
        self.run.server.kill()
        work.join()
        return None

    def server_killed_after(self, pass_on):
        pass_on()
        self.run.server.kill()
        return None

    def commit_killed(self, pass_on):
        os.kill(self.run.role("commit"), signal.SIGKILL)
        return None

    def signer_killed(self, pass_on):
        os.kill(self.run.role("signer"), signal.SIGKILL)
        return pass_on()


class Takeover(Fault):
    """commit stands still at the request, and another service begins on a copy of its folder, as after a failover.
    From then on commit must get no COMMIT through. how: "lock lost", or its connection ended before."""
    other = None

    def rewrite(self, request):
        claim = b"SELECT pg_try_advisory_lock("
        if self.how == "lock lost" and claim in request:
            return replaced(request, request[5:-1], b"SELECT true")
        return request

    def ask(self, number, request, pass_on):
        answer = super().ask(number, request, pass_on)
        sentence = "two writers: one that was replaced has committed"
        is_commit = wire.name_of(request) == "COMMIT" and answer and b"COMMIT\0" in answer
        if is_commit and self.other and self.other.is_ready and sentence not in self.run.wrong:
            self.run.wrong.append(sentence)
        return answer

    def begin_other(self):
        data = f"{self.run.folder}/other/data"
        shutil.copytree(self.run.data, data, ignore=shutil.ignore_patterns("*.sock"))
        durable.write_address(data, self.run.server.store)
        self.other = centre.Service(data, self.run.memo, clock=self.run.scene.clock)
        for act in ("checkpoint", "crl") if self.other.is_ready else ():
            if "done" in (self.other.act(act, "admin1") or {}):
                self.run.done_by_other[act] += 1
            else:
                self.run.wrong.append(f"the new writer does no {act}")

    def lock_lost(self, pass_on):
        """Without the lock the number alone keeps them apart, or an open transaction the other from beginning."""
        self.begin_other()
        return pass_on()

    def connection_ended(self, pass_on):
        self.terminate()
        self.begin_other()
        if not self.other.is_ready:
            self.run.wrong.append(f"nobody takes over: {self.other.said().strip().splitlines()}")
        return pass_on() or None

    def end(self):
        """What is looked at afterwards is the other's."""
        if self.other:
            self.other.stop()
            if self.other.is_ready:
                self.run.data = self.other.data


# --- seeded bugs ---

class Unfenced(Takeover):
    """And the number that each new writer raises reads always as that of the one that was replaced."""

    def rewrite(self, request):
        request = super().rewrite(request)
        fence = b"SELECT fence FROM writer WHERE number = 1"
        number = int(wire.query(self.run.server.folder, "SELECT fence FROM writer")[0][0]) if fence in request else 0
        return replaced(request, fence, b"SELECT fence - fence + %d FROM writer" % number)


class Weak(Fault):
    """PostgreSQL is told not to wait for its disk, which commit had asked for."""

    def rewrite(self, request):
        told = b"SELECT set_config('synchronous_commit', 'off', false)"
        return replaced(request, b"SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)", told)


class Early(Fault):
    """Somebody between them answers every COMMIT at once, and passes it on only when the next transaction begins; what
    is asked between is answered from within. The connection is cut at the first BEGIN after such a COMMIT, from the
    request of that number on: whoever waited for the COMMIT has an answer by then."""
    IDLE = b"Z\0\0\0\5I"
    waiting = None

    def ask(self, number, request, pass_on):
        if self.waiting and wire.name_of(request) == "BEGIN":
            if number >= self.number and not self.name:
                self.name = wire.name_of(request)
                return None  # the connection is cut, and what was promised was not passed on
            self.waiting()
            self.waiting = None
        if wire.name_of(request) != "COMMIT":
            answer = pass_on()
            return answer[:-len(self.IDLE)] + self.IDLE if self.waiting else answer
        self.waiting = pass_on
        return b"C" + (4 + 7).to_bytes(4, "big") + b"COMMIT\0" + self.IDLE


def replaced(request, old, new):
    """The request with other words in its first message, a Query or a Parse."""
    length = int.from_bytes(request[1:5], "big")
    body, rest = request[5:1 + length], request[1 + length:]
    if request[:1] not in (b"Q", b"P") or old not in body:
        return request
    body = body.replace(old, new)
    return request[:1] + (4 + len(body)).to_bytes(4, "big") + body + rest
