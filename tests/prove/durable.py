"""What PostgreSQL has durably at each moment of a recorded scene: after each COMMIT its tables, and of some a copy
of its data folder from which it can be started."""
import bisect
import os
import random

import centre
import cluster
import trace
import wire

COPIED = 1 / 3


class Commits(wire.Watch):
    """While a scene is recorded: before the answer to a COMMIT reaches commit, what is durable is kept."""

    def __init__(self, server, folder, seed):
        self.server, self.folder, self.random = server, folder, random.Random(seed)
        self.dumps, self.copies = [], {}
        self.keep(True)

    def keep(self, is_copied):
        state = len(self.dumps)
        self.dumps.append(cluster.dump(self.server.folder, centre.TABLES))
        if is_copied:
            self.copies[state] = f"{self.folder}/durable-{state}"
            self.server.copy(self.copies[state])

    def ask(self, number, request, pass_on):
        answer = pass_on()
        if wire.name_of(request) == "COMMIT":
            self.keep(self.random.random() < COPIED)
        return answer


class Durable:
    """commits: numbered from 1 in the order of the record; state 0 is that before the scene."""

    def __init__(self, commits, events):
        self.dumps, self.copies = commits.dumps, commits.copies
        self.sent, self.answered = trace.commits(events)

    def last(self, index):
        """The state that is durable for certain after that event."""
        return bisect.bisect_right(self.answered, index)

    def states(self, index):
        """Those that are possible when the power goes after that event: of a COMMIT that was sent and not
        answered nobody knows."""
        return range(self.last(index), bisect.bisect_right(self.sent, index) + 1)

    def open(self, state, data):
        """Starts it on a copy of that state, and tells the data folder its address."""
        server = cluster.Cluster().start_from(self.copies[state])
        write_address(data, server.store)
        return server


def write_address(data, store):
    os.makedirs(f"{data}/database", exist_ok=True)
    with open(f"{data}/database/address", "w") as file:
        file.write(store)
    os.chmod(f"{data}/database/address", 0o600)
