"""One sweep over a recorded scene: every moment at which the power may go, what the disk then holds, and
the promises held against it."""
import bisect
import concurrent.futures
import os
import random
import re
import shutil
import tempfile
import threading
import time

import centre
import disk
import promises
import trace

# the places that are synced, by path; the first that matches names it
PLACES = (
    ("manifest of a backup", r"^backups/[^/]+/manifest$"), ("database of a backup", r"^backups/[^/]+/database/jpki\.db"),
    ("folder of a backup", r"^backups/[^/]+(/(signer|database|published|journal|etc))?$"),
    ("file of a backup", r"^backups/[^/]+/"), ("backup folder", r"^backups$"),
    ("restored signed.log", r"^restored[^/]*/signer/signed\.log$"), ("restored file", r"^restored[^/]*/.*\.[a-z]+$"),
    ("write-ahead log", r"data/database/.*-wal$"), ("rollback journal", r"data/database/.*-journal$"), ("database", r"data/database/.*\.db$"),
    ("database folder", r"data/database$"), ("signed.log", r"data/signer/signed\.log$"),
    ("signed.index", r"data/signer/signed\.index$"),
    ("signer's key", r"data/signer/.*\.key(\.new)?$"), ("signer's certificate", r"data/signer/.*\.cer\.new$"),
    ("signer folder", r"data/signer$"), ("content of a list", r"data/published/.*\.tbs\.new$"),
    ("published list", r"data/published/.*\.crl\.new$"), ("published epoch", r"data/published/.*\.epoch\.new$"),
    ("published key or certificate", r"data/published/.*\.(cer|pem)\.new$"), ("published folder", r"data/published$"),
    ("checkpoints", r"data/journal/checkpoints$"), ("note of backups", r"data/journal/backups$"),
    ("checkpoints folder", r"data/journal$"), ("status map", r"data/status/.*\.map$"),
    ("note of synced maps", r"data/status/synced(\.new)?$"), ("status folder", r"data/status$"), ("etc", r"data/etc/"),
    ("etc folder", r"data/etc$"), ("card image", r"cards/[0-9]+(\.new)?$"), ("card's public key", r"cards/.*\.pub(\.new)?$"),
    ("card folder", r"cards$"), ("mark of a sample", r"data/sample$"), ("data folder", r"data$"),
    ("folder above", r"^\.$"),
)
LATE_COMMITS = "PostgreSQL's commits"
PARALLEL = 3


def place_of(path, root):
    relative = re.sub(r"data\.new-[^/]*", "data", os.path.relpath(path, root))
    return next((name for name, pattern in PLACES if re.search(pattern, relative)), relative)


def places(scene, root):
    """The places that the scene syncs, in the order of PLACES."""
    model, found = disk.Disk(root, scene.before), set()
    for event in scene.events:
        model.take(event, lambda path: found.add(place_of(path, root)) or True)
    return [name for name, _ in PLACES if name in found] + sorted(found - {name for name, _ in PLACES})


class Owed:
    """What the world had seen up to a moment."""
    database = None

    def __init__(self, records, checkpoints, lists, cards, published):
        self.records, self.checkpoints, self.lists, self.cards = records, checkpoints, lists, cards
        self.published = published


class World:
    """What left the service and the cards in a scene, and when: what is owed from then on."""

    def __init__(self, scene, root):
        self.folder, self.lock = tempfile.mkdtemp(prefix="jpki-owed-"), threading.Lock()
        self.scene = scene
        model, self.acts, self.dumps = disk.Disk(root, scene.before), [(-1, {})], {}
        acks = {index: what for index, what, _ in trace.acknowledgements(scene.events)}
        self.logs, self.checkpoints, self.lists, self.cards, self.published = [], [], [], [], []
        self.note(model, -1, "act", "signature", "checkpoints", "lists", "cards")
        for index, event in enumerate(scene.events):
            model.take(event)
            if index in acks:
                self.note(model, index, acks[index])
            if event.type == trace.WRITE:
                self.note(model, index, "checkpoints")
                self.note_card(model, index, False)
            if event.type == trace.RENAME:
                self.note(model, index, "lists")
                self.note_card(model, index, False)
            if event.type == trace.SEND and event.fd == -1:
                self.note_card(model, index, True)
        if not acks:  # init: all is owed at its end
            self.note(model, len(scene.events) - 1, "act", "signature")

    def file(self, model, path):
        node = model.find(f"{model.root}/{path}")
        return bytes(node.live) if isinstance(node, disk.File) else b""

    def note(self, model, index, *what):
        if "act" in what and self.scene.durable:
            self.acts[-1 if index < 0 else len(self.acts):] = [(index, self.scene.durable.last(index))]
        elif "act" in what:
            tree = {path: node for path, node in model.live_tree().items() if path.startswith("data/database/")}
            self.acts[-1 if index < 0 else len(self.acts):] = [(index, tree)]
        if "signature" in what:
            self.logs.append((index, self.file(model, "data/signer/signed.log")))
        if "checkpoints" in what:
            content = self.file(model, "data/journal/checkpoints")
            if not self.checkpoints or self.checkpoints[-1][1] != content:
                self.checkpoints.append((index, content))
        if "lists" in what:
            lists = {kind: promises.crl_facts(self.file(model, f"data/published/{kind}.crl")) for kind in centre.KINDS}
            self.lists.append((index, {kind: facts for kind, facts in lists.items() if facts}))
            folder = model.find(f"{model.root}/data/published")
            self.published += [(index, name, bytes(node.live)) for name, node in folder.live.items()
                               if not name.endswith(".new")] if folder else []
        if "cards" in what:
            self.note_card(model, index, True)

    def note_card(self, model, index, has_answered):
        """has_answered: from now on no earlier content will do."""
        folder = model.find(f"{model.root}/cards")
        for name, node in folder.live.items() if folder else ():
            if not re.fullmatch(r"[0-9]+(\.pub)?", name):
                continue
            content = bytes(node.live)
            known = next((row for row in reversed(self.cards) if row[1] == name), None)
            if has_answered and (not known or known[2] != [content]):
                self.cards.append((index, name, [content]))
            elif known and content not in known[2]:
                self.cards.append((index, name, known[2] + [content]))

    def owed(self, index):
        def last(rows):
            return rows[bisect.bisect_right([row[0] for row in rows], index) - 1][1]
        cards = {name: contents for at, name, contents in self.cards if at <= index}
        published = {(name, content) for at, name, content in self.published if at <= index}
        owed = Owed(promises.log_records(last(self.logs), []), last(self.checkpoints), last(self.lists), cards,
                    published)
        owed.database = self.dump(index)
        return owed

    def dump(self, index):
        with self.lock:
            return self.dump_once(index)

    def dump_once(self, index):
        at, tree = self.acts[bisect.bisect_right([row[0] for row in self.acts], index) - 1]
        if self.scene.durable:
            return self.scene.durable.dumps[tree]
        if at not in self.dumps:
            folder = f"{self.folder}/{at}"
            disk.write(tree, folder)
            self.dumps[at] = centre.dump(f"{folder}/data") if tree else {table: [] for table in centre.TABLES}
            shutil.rmtree(folder, ignore_errors=True)
        return self.dumps[at]

    def done(self):
        shutil.rmtree(self.folder)


class Moment:
    """Where the record is cut, and what the disk then holds; state: what PostgreSQL has, where it is one."""

    def __init__(self, index, tree, how, state=None):
        self.index, self.tree, self.how, self.state = index, tree, how, state
        self.starts = False
        self.wrong = []


class Sweep:
    """Every moment of a scene, or a sample of them drawn with the seed; without: a place whose syncs are
    taken as if they had not been called; LATE_COMMITS: PostgreSQL's, answered before they are durable."""

    def __init__(self, scene, stage, seed, without=None, world=None):
        self.scene, self.root, self.memo, self.without = scene, stage.disk, stage.memo, without
        self.random = random.Random(seed)
        self.world = world or World(scene, self.root)
        self.possible = {}

    def lets_sync(self, path):
        return place_of(path, self.root) != self.without

    def states(self, index):
        """What PostgreSQL may have; [None] where the database is below the disk."""
        if not self.scene.durable:
            return [None]
        if self.without == LATE_COMMITS:
            return [max(self.scene.durable.last(index) - 1, 0)]
        return self.scene.durable.states(index)

    def sample(self, found, num, what):
        self.possible[what] = len(found)
        return found if num is None or len(found) <= num else self.random.sample(found, num)

    def moments(self, num_kept=0, num_killed=0):
        """All in which what was not synced is lost; num_kept with one unsynced change kept; num_killed
        with all of them (the processes were killed). None: all there are."""
        model, lost, kept, live = disk.Disk(self.root, self.scene.before), {}, [], []
        for state in self.states(-1):
            lost[disk.key(model.lost()), state] = Moment(-1, model.lost(), "lost", state)
        for index, event in enumerate(self.scene.events):
            if event.type == trace.SYNC:
                kept += [(index - 1, change[0]) for change in model.pending()]
            model.take(event, self.lets_sync)
            if event.type in (trace.SYNC, trace.MKDIR, trace.SEND) or index == len(self.scene.events) - 1:
                tree = model.lost()
                for state in self.states(index):
                    lost[disk.key(tree), state] = Moment(index, tree, "lost", state)
            if event.type in (trace.WRITE, trace.RENAME, trace.TRUNCATE, trace.UNLINK, trace.SEND):
                live.append(index)
        self.possible["lost"] = len(lost)
        kept, live = self.sample(kept, num_kept, "kept"), set(self.sample(live, num_killed, "killed"))
        return list(lost.values()) + self.moments_at(kept, live)

    def moments_at(self, kept, live):
        model, found, wanted = disk.Disk(self.root, self.scene.before), [], {}
        for index, number in kept:
            wanted.setdefault(index, []).append(number)
        for index, event in enumerate(self.scene.events):
            model.take(event, self.lets_sync)
            for state in self.states(index):
                found += [Moment(index, model.kept_alone(number), "kept", state) for number in wanted.get(index, ())]
                if index in live:
                    found.append(Moment(index, model.live_tree(), "killed", state))
        return found

    # checking

    def check(self, moment):
        owed = self.world.owed(moment.index)
        folder = tempfile.mkdtemp(prefix="jpki-cut-")
        try:
            disk.write(moment.tree, folder)
            self.check_folder(f"{folder}/data", moment, owed)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return moment

    def check_folder(self, data, moment, owed):
        wrong = moment.wrong
        cards = {path[6:]: node[1] for path, node in moment.tree.items() if path.startswith("cards/") and node}
        promises.check_cards(cards, owed.cards, wrong)
        if not os.path.isdir(data):
            if owed.database["journal"] or moment.index == len(self.scene.events) - 1:
                wrong.append("the data folder is gone")
            return
        if not owed.database["journal"] and moment.index < len(self.scene.events) - 1 and self.scene.name == "init":
            return  # nothing was acknowledged: init has not ended
        durable = self.scene.durable
        database = promises.still(data, owed, wrong, durable and durable.dumps[moment.state])
        if database is None or not moment.starts or wrong:
            return
        server = durable and durable.open(moment.state, data)
        self.check_running(data, moment, owed, database)
        if server:
            server.stop()

    def settle(self, service, moment):
        """What the started service does by itself, and is waited for before it is looked at."""

    def check_running(self, data, moment, owed, database):
        later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(centre.seconds(self.scene.clock) + 1800))
        os.makedirs(f"{data}/run", exist_ok=True)
        with centre.Service(data, self.memo, clock=later) as service:
            self.settle(service, moment)
            promises.running(service, owed, moment.wrong)
            for row in database["application"]:
                if row["state"] == 0 and not moment.wrong:
                    promises.goes_on(service, row, f"{os.path.dirname(data)}/cards/{row['resident']}",
                                     self.scene.pins, moment.wrong)

    def run(self, moments, num_started, stops_at_first=False):
        """Checks them all, the service started on num_started of them; those with a violation."""
        durable = self.scene.durable
        still = [moment for moment in moments
                 if moment.how != "killed" and (not durable or moment.state in durable.copies)]
        for moment in self.sample(still, num_started, "started"):
            moment.starts = True
        if num_started:
            max(still, key=lambda moment: moment.index).starts = True  # when all has been acknowledged
        red = []
        with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
            jobs = [pool.submit(self.check, moment) for moment in moments]
            for job in concurrent.futures.as_completed(jobs):
                if job.cancelled():
                    continue
                moment = job.result()
                if moment.wrong:
                    red.append(moment)
                    if stops_at_first:
                        for other in jobs:
                            other.cancel()
                moment.tree = None
        return sorted(red, key=lambda moment: moment.index)
