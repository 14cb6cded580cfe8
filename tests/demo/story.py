"""The story of `make demo`, from two new authorities to a journal that was tampered with. Each step is
a function; the docstring is what the demo prints. Foreign tools judge: OpenSC, openssl, Java."""
import calendar
import hashlib
import os
import shutil
import sys
import time

from documents import tax_return_pdf, tax_return_xml
from service import Service, Terminal
from stage import BUILD, SOURCE, Failure, Stage, in_own_mount_namespace, wait_until

START = "2026-12-01T01:00:00Z"
HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("signature", "authentication")

# residents of etc/sample/residents.csv, each there for the reason named in its last column
HANAKO, TARO, CHILD, MOTHER, WARD, GUARDIAN, OLD_CARD, PROGRAMMER, SAKI = (
    1001, 1002, 1010, 1011, 1012, 1013, 1051, 1039, 1018)
CARD_IDS = {HANAKO: "0003720000000013137220340514", TARO: "0003720000000023137220330302",
            CHILD: "0003720000000103137220290408", WARD: "0003720000000123137220300211",
            PROGRAMMER: "0003720000000393137220341010"}


class Story:
    def __init__(self, stage):
        self.stage = stage
        self.service = Service(stage, START)
        self.terminal = Terminal(stage)
        self.pins = {}  # (resident, kind) -> PIN

    # shorthand

    def jpki(self, *words, **how):
        return self.stage.run("jpki", *words, **how)

    def counter(self, *words, actor="daiei1", **how):
        return self.jpki("counter", *words, "--as", actor, "--socket", self.service.acts_path, **how)

    def authority(self, kind):
        """The authority's certificate as PEM, in the step's folder."""
        return self.fetch(f"/ca/{kind}.cer", f"{kind}-authority.cer")

    def crl(self, kind):
        return self.fetch(f"/crl/{kind}.crl", f"{kind}.crl")

    def fetch(self, path, name):
        self.stage.run("curl", "-sS", "--fail", "-o", name, f"http://{self.service.address}{path}")
        return name


STEPS = []


def step(function):
    STEPS.append(function)
    return function


def play(folder):
    in_own_mount_namespace()
    stage = Stage(folder)
    story = Story(stage)
    for function in STEPS:
        name = function.__name__.replace("_", "-")
        stage.step(name, function.__doc__.strip().split("\n")[0].rstrip("."), lambda _: function(story))
    return stage.close()
