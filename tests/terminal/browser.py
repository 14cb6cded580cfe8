#!/usr/bin/python3
"""Every procedure of a counter, for every applicant who may ask for it, in Chromium: the clerk's browser from the first page
on, the resident's screen at the terminal, with a real pcscd and an emulated card; the papers are fetched. browser.mjs does the
walking. --pictures FOLDER keeps what was seen; --few: the first steps and the end of one life."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

for place in ("..", "../web"):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), place))
import jpkid  # noqa: E402
import pcscd  # noqa: E402
from screen import Terminal  # noqa: E402
from tap import skip_all  # noqa: E402

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
if not all(map(shutil.which, ("node", "chromium"))) or not os.path.isdir(f"{SOURCE}/pages/node_modules/playwright-core"):
    skip_all("node, chromium or the packages of pages/ are not here")
gone = pcscd.missing()
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

BOTH = {"kind": "both", "card": "yes", "document-a": "yes", "represented": "no"}
ALONE = {"kind": "authentication", "card": "yes", "document-a": "yes", "represented": "yes"}
MOVED = ["admin", "event", "--event", "moved-within", "--as", "register1"]
# What happens to a resident, from a new card to its end: who comes for what, with their answers to the guide's questions.
LIVES = [
    (1001, [
        ("holder", "new", BOTH | {"pin": "never-set"}),
        ("holder", "pin-reset", BOTH),
        ("holder", "pin-change", BOTH | {"pin": "known", "home": "no"}),
        ("holder", "loss-report", BOTH),
        ("holder", "release", BOTH | {"card-stopped": "yes", "pin": "known"}),
        ("holder", "hold", BOTH),
        ("holder", "release", BOTH | {"card-stopped": "no", "pin": "known"}),
        ("holder", "change-reissue", BOTH | {"pin": "known"}),
        ("holder", "revoke", BOTH),
        ("holder", "card-abolish", BOTH)]),
    (1003, [
        ("proxy", "new", BOTH | {"pin": "never-set"}),
        ("proxy", "pin-reset", BOTH),
        ("proxy", "revoke", BOTH),
        ("proxy", "new", BOTH | {"pin": "known"}),
        ("other", "hold", BOTH),
        ("proxy", "release", BOTH | {"card-stopped": "no", "pin": "known"}),
        ("proxy", "loss-report", BOTH)]),
    (1010, [
        ("legal-representative", "new", ALONE | {"pin": "never-set"}),
        ("legal-representative", "pin-reset", ALONE),
        ("legal-representative", "pin-change", ALONE | {"pin": "known", "home": "no"}),
        ("legal-representative", "hold", ALONE),
        ("legal-representative", "release", ALONE | {"card-stopped": "no", "pin": "known"}),
        ("legal-representative", "revoke", ALONE),
        ("legal-representative", "new", ALONE | {"pin": "forgotten"}),
        ("legal-representative", "loss-report", ALONE),
        ("legal-representative", "card-abolish", ALONE)]),
]

FEW = [(LIVES[-1][0], [LIVES[-1][1][i] for i in (0, 1, 5)])]

words = sys.argv[1:]
folder = tempfile.mkdtemp(prefix="jpki-counter-browser-")
pictures = words[words.index("--pictures") + 1] if "--pictures" in words else f"{folder}/pictures"
os.makedirs(pictures, exist_ok=True)
DATA = f"{folder}/data"
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=f"{DATA}/run/acts.sock")


def jpki(*more):
    return subprocess.run([f"{jpkid.BUILD}/jpki", *map(str, more)], capture_output=True, text=True, env=ENVIRONMENT, timeout=120)


def make_card(resident):
    """Its image and its reader's socket."""
    card = next(row["card"] for row in json.loads(jpki("counter", "find", "--resident", resident, "--as", "daiei1", "--json").stdout)["residents"])
    image = f"{folder}/{resident}.card"
    jpki("card", "make", image, "--permit-key", f"{DATA}/published/permit-key.pem", "--card-id", card)
    readers.insert(0, image)
    parked = json.loads(jpki("admin", "card-register", image + ".pub", "--as", "card1", "--json").stdout)["parked"]
    jpki("counter", "approve", parked, "--as", "card2")


def walk(resident, life):
    """The life of one card."""
    code = json.loads(jpki("admin", "login-code", "--as", "daiei1", "--json").stdout)["login_code"]
    plan = {"site": service.urls["web"].rstrip("/"), "terminal": terminal.origin, "code": code, "resident": resident, "folder": pictures,
            "life": [{"who": who, "what": what, "answers": {"who": who, "what": what} | answers} for who, what, answers in life],
            "jpki": f"{jpkid.BUILD}/jpki"}
    return subprocess.Popen(["node", f"{SOURCE}/tests/terminal/browser.mjs", json.dumps(plan)], env=ENVIRONMENT, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True)


try:
    status, errors = jpkid.init(DATA)
    assert status == 0, errors
    number, failed = 0, 0
    with jpkid.Service(DATA, "--web", "127.0.0.1:0") as service, pcscd.Readers(1) as readers:
        terminal = Terminal(folder, service.urls["web"])
        for resident, life in FEW if "--few" in words else LIVES:
            make_card(resident)
            done = walk(resident, life)
            for line in done.stdout:
                line = line.rstrip()
                if line.startswith(("ok ", "not ok ")):
                    number += 1
                    failed += line.startswith("not")
                    line = line.replace(" N ", f" {number} ", 1)
                print(line if line.startswith(("ok ", "not ok ", "#")) else f"# {line}", flush=True)
            if done.wait() and not failed:
                failed += 1
                number += 1
                print(f"not ok {number} - resident {resident} to the end")
            readers.remove(0)
        terminal.end()
    print(f"1..{number}")
finally:
    shutil.rmtree(folder, ignore_errors=True)
sys.exit(1 if failed else 0)
