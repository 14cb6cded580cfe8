#!/usr/bin/python3
"""/metrics and /health of status, read by a parser as strict as the format (Prometheus 0.0.4) is."""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import acts  # noqa: E402
import jpkid  # noqa: E402
import mass_data  # noqa: E402
from tap import Tap  # noqa: E402

folder = tempfile.mkdtemp(prefix="jpki-metrics-")
DATA = os.path.join(folder, "data")
NAME, LABEL = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?)")
OF_STATUS = {"jpki_ocsp_answers_total", "jpki_map_epoch", "jpki_map_highest_serial", "jpki_list_epoch",
             "jpki_responder_renewal_seconds"}
OF_COMMIT = {"jpki_acts_total", "jpki_act_refusals_total", "jpki_act_clients", "jpki_act_queue", "jpki_batch_acts",
             "jpki_batch_seconds", "jpki_database_commit_seconds", "jpki_database_errors_total", "jpki_writer_fence",
             "jpki_journal_entries", "jpki_journal_signed_entries", "jpki_parked_acts", "jpki_mass_listed_certificates",
             "jpki_mass_certificates_total", "jpki_map_sync_seconds", "jpki_signatures_total",
             "jpki_signer_refusals_total", "jpki_signer_seconds", "jpki_commit_start_seconds"}
LABELS = {"outcome", "kind", "act", "reason", "step", "what", "rule", "question", "le"}
NUM_CERTIFICATES = 3000
HISTOGRAM = "# HELP h x\n# TYPE h histogram\n"
tap = Tap()


def parse(text):
    """{(name, labels): value}; ValueError for what a scraper could refuse or take in wrongly."""
    found, types, helped, order = {}, {}, set(), []
    if not text.endswith("\n"):
        raise ValueError("the last line does not end")
    for line in text[:-1].split("\n"):
        if head := re.fullmatch(rf"# (HELP|TYPE) ({NAME}) (.+)", line):
            seen = helped if head[1] == "HELP" else types
            if head[2] in seen or head[2] in order:
                raise ValueError(f"twice or too late: {line}")
            if head[1] == "HELP":
                helped.add(head[2])
            elif head[3] in ("counter", "gauge", "histogram"):
                types[head[2]] = head[3]
            else:
                raise ValueError(line)
            continue
        sample = SAMPLE.fullmatch(line)
        if sample and (part := re.fullmatch(r"(.+)_(?:bucket|sum|count)", sample[1])) and types.get(part[1]) == "histogram":
            if part[1] not in helped or part[1] in order and order[-1] != part[1]:
                raise ValueError(f"not together: {line}")
            order.append(part[1])
            found[sample[1], sample[2]] = float(sample[3])
            continue
        if not sample or types.get(sample[1]) == "histogram" or sample[1] not in types or sample[1] not in helped:
            raise ValueError(f"no sample: {line!r}")
        if sample[1] in order and order[-1] != sample[1]:
            raise ValueError(f"not together: {line}")
        if (types[sample[1]] == "counter") != sample[1].endswith("_total"):
            raise ValueError(f"a counter ends in _total, and nothing else: {line}")
        if (sample[1], sample[2]) in found:
            raise ValueError(f"twice: {line}")
        order.append(sample[1])
        found[sample[1], sample[2]] = float(sample[3])
    check_histograms({name for name, kind in types.items() if kind == "histogram"}, found)
    return found


def check_histograms(names, found):
    """Buckets with rising bounds and counts, the last +Inf and equal to the count; a sum beside them."""
    rows = {}
    for (name, labels), value in found.items():
        if name.removesuffix("_bucket") in names and name.endswith("_bucket"):
            bound = re.search('(.*?),?le="([^"]+)"', labels)
            rows.setdefault((name.removesuffix("_bucket"), bound[1] or None), []).append((float(bound[2]), value))
    counts = {(name.removesuffix("_count"), labels) for name, labels in found if name.removesuffix("_count") in names}
    if counts != rows.keys():
        raise ValueError("a histogram without buckets, or buckets without a count")
    for (name, labels), buckets in rows.items():
        bounds, values = [bound for bound, _ in buckets], [value for _, value in buckets]
        if bounds != sorted(set(bounds)) or bounds[-1] != float("inf") or values != sorted(values) \
                or values[-1] != found[f"{name}_count", labels] or (f"{name}_sum", labels) not in found:
            raise ValueError(f"no histogram: {name} {labels}")


def get(path):
    try:
        with urllib.request.urlopen(service.urls["status"] + path, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def count(outcome):
    return parse(get("metrics")[2])["jpki_ocsp_answers_total", f'outcome="{outcome}"']


def ask(*serials, authority="signature"):
    words = [word for serial in serials for word in ("-serial", str(serial))]
    return subprocess.run(["openssl", "ocsp", "-issuer", f"{folder}/{authority}.pem", *words, "-noverify", "-url",
                           service.urls["status"] + "ocsp"], capture_output=True, text=True, timeout=30).stdout


def post(body, content_type="application/ocsp-request"):
    request = urllib.request.Request(service.urls["status"] + "ocsp", data=body, headers={"Content-Type": content_type})
    return urllib.request.urlopen(request, timeout=10).read()


def test_parser():
    """The parser itself must be able to refuse."""
    head = "# HELP a_total x\n# TYPE a_total counter\n"
    parse(HISTOGRAM + 'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 2\n')
    tap.check(parse(head + 'a_total{b="c"} 1\n') == {("a_total", 'b="c"'): 1.0}, "the parser takes what is right")
    for wrong in (head + "a_total 1", head + "a_total x\n", "a_total 1\n", head + "a_total 1\na_total 2\n",
                  head + 'a_total{b=c} 1\n', head + 'a_total{b="c"}  1\n', head + head + "a_total 1\n",
                  "# HELP a x\n# TYPE a counter\na 1\n", head + "\na_total 1\n",
                  HISTOGRAM + 'h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
                  HISTOGRAM + 'h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n',
                  HISTOGRAM + 'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 1\n',
                  HISTOGRAM + 'h_bucket{le="+Inf"} 2\nh_count 2\n'):
        try:
            parse(wrong)
            tap.check(False, "the parser refuses", wrong)
        except ValueError:
            tap.check(True, f"the parser refuses {wrong[-20:]!r}")


def test_counts():
    for outcome, play in (("unknown", lambda: ask(999)), ("several", lambda: ask(998, 999)),
                          ("malformed", lambda: post(b"nonsense"))):
        before = count(outcome)
        play()
        tap.check(count(outcome) == before + 1, f"one more answer is counted: {outcome}", get("metrics")[2])
    shutil.copy(f"{folder}/foreign.pem", f"{folder}/other.pem")
    before = count("unauthorized")
    ask(1, authority="other")
    tap.check(count("unauthorized") == before + 1, "and one about another authority: unauthorized")
    before = count("good"), count("revoked")
    ask(997)
    tap.check((count("good"), count("revoked")) == before, "nothing else is counted with it")


def test_page():
    status, content_type, text = get("metrics")
    found = parse(text)
    tap.check(status == 200 and content_type == "text/plain; version=0.0.4; charset=utf-8", "its type is the format's",
              content_type)
    types = set(re.findall(r"^# TYPE (\S+)", text, re.M))
    tap.check(types == OF_STATUS | OF_COMMIT, "what it tells, and no more", types ^ (OF_STATUS | OF_COMMIT))
    labels = set(re.findall(r'(\w+)="', text))
    tap.check(labels <= LABELS and "act" in labels, "no label could name anybody", labels)
    values = set(re.findall(r'="([^"]*)"', text))
    named = {value for value in values if not re.fullmatch(r"[a-z_-]+|[0-9.]+|\+Inf", value)}
    tap.check(not named, "a label's value is a word or a bound", named)
    with open(f"{jpkid.SOURCE}/etc/sample/staff.csv") as file:
        staff = {line.split(",")[0] for line in file} - {"name"}
    tap.check(not staff & values and len(staff) > 5, "no person of the staff stands there", staff & values)


def value(name, labels=None):
    return parse(get("metrics")[2]).get((name, labels), 0)


def act_count(act, outcome):
    return value("jpki_acts_total", f'act="{act}",outcome="{outcome}"')


def wait_value(name, labels, wanted, seconds=12):
    end = time.monotonic() + seconds
    while value(name, labels) != wanted and time.monotonic() < end:
        time.sleep(0.1)
    return value(name, labels)


def grows(name, labels, play, by, why):
    before = value(name, labels)
    play()
    after = wait_value(name, labels, before + by, 3)
    tap.check(after == before + by, f"{why}: {name}", (before, after, get("metrics")[2]))


def lists():
    return [value("jpki_signatures_total", f'what="list",kind="{kind}"') for kind in ("signature", "authentication")]


def wait_for_lists():
    """Until those with the last change are signed, and no further one for a while: they would be counted with what a
    test does, and one that cannot be stored ends the service."""
    for kind in ("signature", "authentication"):
        wait_value("jpki_list_epoch", f'kind="{kind}"', value("jpki_map_epoch", f'kind="{kind}"'), 60)
    before = None
    while before != lists():
        before = lists()
        time.sleep(2)


def test_acts():
    """What commit and signer do is counted: once, as what it was."""
    wait_for_lists()
    with acts.Connection(service.acts) as connection:
        for name, labels, play, why in (
                ("jpki_acts_total", 'act="resident-find",outcome="done"',
                 lambda: connection.ask("resident-find", "daiei1", resident=1001), "an act that is done"),
                ("jpki_acts_total", 'act="status",outcome="done"', lambda: connection.ask("status", "admin1"), "one that reads"),
                ("jpki_acts_total", 'act="crl",outcome="refused"', lambda: connection.ask("crl", "daiei1"), "one that is refused"),
                ("jpki_act_refusals_total", 'reason="role"', lambda: connection.ask("crl", "daiei1"), "by its reason"),
                ("jpki_acts_total", 'act="crl",outcome="failed"', lambda: connection.ask("crl", "admin1", number=1), "one that fails"),
                ("jpki_acts_total", 'act="other",outcome="failed"', lambda: connection.ask("abracadabra", "admin1"), "no act at all"),
                ("jpki_signatures_total", 'what="list",kind="signature"', lambda: connection.ask("crl", "admin1"), "a list is signed"),
                ("jpki_signatures_total", 'what="checkpoint"', lambda: connection.ask("checkpoint", "admin1"), "a checkpoint is signed"),
                ("jpki_signer_seconds_count", 'question="list"', lambda: connection.ask("crl", "hojo1"), "nothing is asked for a refused act"),
                ("jpki_batch_seconds_count", 'step="decide"', lambda: connection.ask("resident-find", "daiei1", resident=1001), "a batch"),
                ("jpki_batch_acts_sum", None, lambda: connection.ask("status", "admin1"), "an act in it"),
                ("jpki_journal_entries", None, lambda: connection.ask("resident-find", "daiei1", resident=1001), "an entry")):
            grows(name, labels, play, 0 if "nothing" in why else 1, why)
        tap.check(value("jpki_act_clients") == 1, "a connection is seen", value("jpki_act_clients"))
    tap.check(wait_value("jpki_act_clients", None, 0) == 0, "and that it is gone")
    text = get("metrics")[2]
    tap.check("abracadabra" not in text and '"number"' not in text, "what a stranger writes is no label", text)
    tap.check(value("jpki_signatures_total", 'what="responder",kind="signature"') >= 1
              and value("jpki_writer_fence") >= 2 and value("jpki_database_commit_seconds_count") > 5
              and time.time() - value("jpki_commit_start_seconds") < 300, "what happened at the start", text)


def test_mass():
    """A mass act: waiting, then worked off."""
    serials = f"{folder}/list"
    mass_data.write_list(serials, SERIALS)
    done = jpki("admin", "mass-hold", "--kind", "authentication", serials, "--note", "a test", "--json", person="admin1")
    number = json.loads(done.stdout)["parked"]
    tap.check(act_count("mass-hold", "parked") == 1 and wait_value("jpki_parked_acts", None, 1) == 1,
              "an act waits for a second person", get("metrics")[2])
    jpki("counter", "approve", number, person="admin2")
    tap.check(wait_value("jpki_mass_certificates_total", None, NUM_CERTIFICATES) == NUM_CERTIFICATES,
              "what a mass act worked off is counted", value("jpki_mass_certificates_total"))
    tap.check(act_count("mass-hold", "done") == 1 and act_count("approve", "done") == 0,
              "an approval counts as what it approves")
    tap.check(wait_value("jpki_parked_acts", None, 0) == 0 and wait_value("jpki_mass_listed_certificates", None, 0) == 0,
              "nothing waits and nothing runs any more")


def test_database_errors():
    """Another process keeps the database: the act is not done, and that is seen."""
    wait_for_lists()
    connection = sqlite3.connect(f"{DATA}/database/jpki.db", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    before = value("jpki_database_errors_total"), act_count("resident-find", "failed")
    with acts.Connection(service.acts) as asking:
        answer = asking.ask("resident-find", "daiei1", resident=1001)
    connection.execute("ROLLBACK")
    connection.close()
    after = value("jpki_database_errors_total"), act_count("resident-find", "failed")
    tap.check(after[0] > before[0] and after[1] == before[1] + 1, "a database that cannot be written", (before, after, answer))


def jpki(*words, person):
    return subprocess.run([f"{jpkid.BUILD}/jpki", *map(str, words), "--as", person, "--socket", service.acts],
                          capture_output=True, text=True, env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=60)


def test_restart_of_status():
    """The numbers are commit's: they outlive status."""
    before = value("jpki_signatures_total", 'what="checkpoint"')
    os.kill(service.role("status"), signal.SIGKILL)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            if get("metrics")[0] == 200 and "status" in service.roles():
                break
        except OSError:
            pass
        time.sleep(0.2)
    tap.check(before > 0 and value("jpki_signatures_total", 'what="checkpoint"') >= before, "they outlive status",
              get("metrics")[2])
    flags = {name: flags_of(service.role(name)) for name in ("commit", "status", "signer")}
    tap.check("wr" in flags["commit"] and "rd" in flags["status"] and not {"wr", "mw"} & flags["status"]
              and not flags["signer"], "commit writes them, status can never, signer has none", flags)


def flags_of(pid):
    """Of the mapping of the page, as the kernel has them: wr, it writes; mw, it could be made to."""
    with open(f"/proc/{pid}/smaps") as file:
        found = re.search(r"memfd:counters.*?^VmFlags: (.*?)$", file.read(), re.M | re.S)
    return set(found[1].split()) if found else set()


try:
    code, errors = jpkid.init(DATA)
    tap.check(code == 0, "init", errors)
    SERIALS = mass_data.seed(DATA, NUM_CERTIFICATES)
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/key", "-subj",
                    "/CN=other", "-out", f"{folder}/foreign.pem"], check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-inform", "DER", "-in", f"{DATA}/published/signature.cer", "-out",
                    f"{folder}/signature.pem"], check=True)
    test_parser()
    with jpkid.Service(DATA) as service:
        for _ in range(100):
            if get("health")[0] == 200:
                break
            time.sleep(0.1)
        status, _, text = get("health")
        tap.check(status == 200 and json.loads(text) == {"status": "ok"}, "health: ok", text)
        test_counts()
        test_acts()
        test_mass()
        test_database_errors()
        test_page()
        test_restart_of_status()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
