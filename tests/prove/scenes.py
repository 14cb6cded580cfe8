"""The runs that are recorded: what happens to a resident's certificates, one scene after the other, on one
disk. Each scene begins with a start of the service and ends with its end."""
import base64
import os
import re
import shutil
import signal

import centre
import cluster
import durable
import jpkid
import sweep
import trace
import wire

HANAKO, TAKESHI = 1001, 1006
CARD_IDS = {HANAKO: "0003720000000013137220340514", TAKESHI: "0003720000000063137220360615"}
AFTER = "2031-05-03T01:00:00Z"
LATER = "2031-05-01T01:00:00Z"  # in the renewal window of what was issued at CLOCK


class Scene:
    """durable: what PostgreSQL had, where the database is there; None: it is a file below the disk."""

    def __init__(self, name, act, folder, clock, pins, commits):
        self.name, self.act, self.folder, self.clock, self.pins = name, act, folder, clock, tuple(pins)
        self.events = trace.read(f"{folder}/record")
        self.sweep = None  # the kind of sweep that it needs; None: the common one
        self.durable = durable.Durable(commits, self.events) if commits else None

    @property
    def before(self):
        return f"{self.folder}/before"


class Stage:
    """One disk: the service's data and the cards. engine: where the database is; token: where the keys are (its
    own files are not on the disk: a module keeps them in hardware); None: sealed below the disk."""

    def __init__(self, folder, engine="sqlite", seed=0, token=None):
        self.folder, self.engine, self.seed, self.token, self.scenes = folder, engine, seed, token, []
        self.disk = f"{folder}/disk"
        self.data, self.cards = f"{self.disk}/data", f"{self.disk}/cards"
        os.makedirs(self.cards)
        self.memo = centre.memo(folder)
        self.pins = list(centre.PINS)
        self.service = self.recording = self.server = self.proxy = None
        if engine == "postgres":
            self.server = cluster.Cluster().start()
            self.proxy = wire.Proxy(f"{folder}/proxy", lambda: self.server.folder, wire.Watch())

    @property
    def name(self):
        return f"{self.engine} with a token" if self.token else self.engine

    def done(self):
        if self.proxy:
            self.proxy.close()
            self.server.stop()

    @property
    def init_words(self):
        return (["--store", self.proxy.store] if self.proxy else []) + (self.token.words if self.token else [])

    def watch_commits(self, folder, serves):
        """The watch that keeps what is durable; None: nothing is to be kept."""
        if not self.proxy or not serves:
            return None
        self.server.end(signal.SIGINT)
        self.server.begin()
        self.proxy.watch = durable.Commits(self.server, folder, self.seed)
        return self.proxy.watch

    def play(self, name, act, clock, serves=True):
        """Records one scene from what stands on the disk."""
        folder = f"{self.folder}/{name}"
        shutil.copytree(self.disk, f"{folder}/before", ignore=shutil.ignore_patterns("*.sock"))
        self.recording = centre.Recording(self.disk, f"{folder}/record")
        commits, pins_before = self.watch_commits(folder, serves), tuple(self.pins)
        if serves:
            with centre.Service(self.data, self.memo, self.recording, clock) as self.service:
                if not self.service.is_ready:
                    raise RuntimeError(f"{name}: {self.service.said()}")
                self.service.ocsp("signature", [1])  # status has its certificates
                self.service.ocsp("authentication", [1])
                act(self)
        else:
            act(self)
        if commits:
            self.proxy.watch = wire.Watch()
        scene = Scene(name, act, folder, clock, self.pins, commits)
        scene.pins_before = pins_before
        self.scenes.append(scene)
        return scene

    # what happens at the desk

    def card(self, resident):
        return f"{self.cards}/{resident}"

    def register(self, resident):
        image = self.card(resident)
        centre.make_card(self.data, image, CARD_IDS[resident], self.recording)
        with open(image + ".pub") as file:
            spki = base64.b64decode("".join(line.strip() for line in file if not line.startswith(("-", "card"))))
        status, answer, errors = self.service.desk(image, "card1", "register", spki[-65:].hex(),
                                                   recording=self.recording)
        if status:
            raise RuntimeError(f"register: {status} {answer} {errors}")
        self.service.must("approve", "card2", number=answer["parked"])

    def apply(self, procedure, resident, who="daiei1", **fields):
        """An application from its opening to its end; its last answer."""
        number = self.service.must("application-open", who, procedure=procedure, resident=resident,
                                   applicant="holder", **fields)["number"]
        status, answer, errors = self.service.desk(self.card(resident), who, "run", str(number), *self.pins,
                                                   recording=self.recording)
        if status or answer["state"] != "finished":
            raise RuntimeError(f"{procedure}: {status} {answer} {errors}")
        return answer

    def desk_alone(self, *words, expect):
        status, _, errors = centre.run(centre.DESK, "-", self.card(HANAKO), "-", *words, recording=self.recording)
        if status != expect:
            raise RuntimeError(f"{words}: {status} {errors}")


# --- the scenes ---

def init(stage):
    status, errors = centre.init(stage.data, stage.memo, stage.recording, *stage.init_words)
    if status:
        raise RuntimeError(errors)


def issue(stage):
    """A card is registered by two persons; both certificates in one visit."""
    stage.register(HANAKO)
    stage.apply("new", HANAKO, kinds="both", pin="never-set")
    stage.service.must("checkpoint", "admin1")


def hold(stage):
    """By telephone; the list is published."""
    stage.apply("hold", HANAKO, who="hotline1")
    stage.service.must("crl", "admin1")


def release(stage):
    """Found: authentication good again, signature revoked and issued anew."""
    stage.apply("release", HANAKO, pin="known")
    stage.service.must("checkpoint", "auditor1")


def event(stage):
    """She moves: the signature certificate ends, a new one is issued."""
    stage.service.must("event", "register1", resident=HANAKO, event="moved-within", reference="prove-1",
                       changes={"address": "鳥取県東伯郡北栄町見本二丁目2番地2"})
    stage.service.must("crl", "admin1")
    stage.apply("change-reissue", HANAKO, kinds="signature", pin="known")


def reset(stage):
    """Forgotten PINs, set anew."""
    stage.pins = ["RESET26", "1357"]
    stage.apply("pin-reset", HANAKO, kinds="both", pin="forgotten")


def pin(stage):
    """The card alone: wrong PINs, a right one, a change."""
    stage.desk_alone("pin", "authentication", "9999", expect=1)
    stage.desk_alone("pin", "authentication", "9998", expect=1)
    stage.desk_alone("pin", "authentication", stage.pins[1], expect=0)
    stage.desk_alone("pin", "signature", "WRONG99", expect=1)
    stage.desk_alone("change", "signature", stage.pins[0], "CHANGE26", expect=0)
    stage.pins[0] = "CHANGE26"


def renew(stage):
    """Five years later."""
    stage.apply("renewal", HANAKO, kinds="both", pin="known")


def revoke(stage):
    """On request; then the card is given up."""
    stage.apply("revoke", HANAKO, kinds="signature")
    stage.service.must("crl", "admin1")


def authority_new(data, memo, recording=None):
    return jpkid.run("authority-new", "--data", data, "--kind", "signature", "--clock", AFTER,
                     environment=centre.environment_of(memo, recording), timeout=120)


def roll_over(stage):
    """The next generation of an authority, while nothing is served."""
    status, errors = authority_new(stage.data, stage.memo, stage.recording)
    if status:
        raise RuntimeError(errors)


class RollOverSweep(sweep.Sweep):
    """It is run again, at every other moment after the service was tried: that starts, or names the command. Then
    it makes the generation that was begun, or it makes one more where all was done."""

    def check_running(self, data, moment, owed, database):
        if moment.index % 2:
            with centre.Service(data, self.memo, clock=AFTER) as service:
                if not service.is_ready and "authority-new again" not in service.said():
                    moment.wrong.append(f"it neither starts nor says what to do: {service.said()}")
        status, errors = authority_new(data, self.memo)
        made = [name for name in os.listdir(f"{data}/signer") if re.fullmatch(r"authority-signature-\d+\.(key|cer)", name)]
        if status or len(made) not in (4, 6):
            moment.wrong.append(f"run again: {status} {errors} {made}")
        super().check_running(data, moment, owed, database)


def permit_key_new(data, memo, recording=None):
    return jpkid.run("permit-key-new", "--data", data, "--clock", AFTER,
                     environment=centre.environment_of(memo, recording), timeout=120)


def permit_key(stage):
    """The next permit key, while nothing is served."""
    status, errors = permit_key_new(stage.data, stage.memo, stage.recording)
    if status:
        raise RuntimeError(errors)


class PermitKeySweep(sweep.Sweep):
    """The service starts at every moment, and finishes what was begun; so does the command, which makes one more
    where all was done. Every key that is there is published and in the journal."""

    def check_running(self, data, moment, owed, database):
        if moment.index % 2:
            with centre.Service(data, self.memo, clock=AFTER) as service:
                if not service.is_ready:
                    moment.wrong.append(f"it does not start: {service.said()}")
        status, errors = permit_key_new(data, self.memo)
        keys = [name for name in os.listdir(f"{data}/signer") if re.fullmatch(r"permit-\d+\.key", name)]
        told = [name for name in os.listdir(f"{data}/published") if re.fullmatch(r"permit-key(-\d+)?\.pem", name)]
        if status or len(keys) not in (2, 3) or len(told) != len(keys):
            moment.wrong.append(f"run again: {status} {errors} {keys} {told}")
        super().check_running(data, moment, owed, database)


def lead(stage):
    """The card comes for another thing, and gets the new permit key."""
    stage.apply("pin-reset", HANAKO, kinds="authentication", pin="forgotten")
    if stage.service.must("status", "admin1")["health"][-1]["en"] != "1 registered cards obey it":
        raise RuntimeError("the card was not led to the new key")


SWEEPS = {"roll-over": RollOverSweep, "permit-key": PermitKeySweep}

PLAY = (("init", init, centre.CLOCK, False), ("issue", issue, "2026-12-01T02:00:00Z", True),
        ("hold", hold, "2026-12-01T03:00:00Z", True), ("release", release, "2026-12-01T04:00:00Z", True),
        ("event", event, "2026-12-01T05:00:00Z", True), ("reset", reset, "2026-12-01T06:00:00Z", True),
        ("pin", pin, "2026-12-01T07:00:00Z", False), ("renew", renew, LATER, True),
        ("revoke", revoke, "2031-05-02T01:00:00Z", True), ("roll-over", roll_over, AFTER, False),
        ("permit-key", permit_key, AFTER, False), ("lead", lead, "2031-05-04T01:00:00Z", True))

NAMES = tuple(row[0] for row in PLAY)


def record(folder, until=None, engine="sqlite", seed=0, token=None):
    """Plays the scenes, or those up to one; the stage with its records."""
    stage = Stage(folder, engine, seed, token)
    for name, act, clock, serves in PLAY:
        stage.play(name, act, clock, serves).sweep = SWEEPS.get(name)
        if name == until:
            break
    return stage
