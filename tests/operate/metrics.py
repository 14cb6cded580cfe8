#!/usr/bin/python3
"""/metrics and /health of status, read by a parser as strict as the format (Prometheus 0.0.4) is."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402

folder = tempfile.mkdtemp(prefix="jpki-metrics-")
DATA = os.path.join(folder, "data")
NAME, LABEL = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?[0-9]+(?:\.[0-9]+)?)")
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
            elif head[3] in ("counter", "gauge"):
                types[head[2]] = head[3]
            else:
                raise ValueError(line)
            continue
        sample = SAMPLE.fullmatch(line)
        if not sample or sample[1] not in types or sample[1] not in helped:
            raise ValueError(f"no sample: {line!r}")
        if sample[1] in order and order[-1] != sample[1]:
            raise ValueError(f"not together: {line}")
        if (types[sample[1]] == "counter") != sample[1].endswith("_total"):
            raise ValueError(f"a counter ends in _total, and nothing else: {line}")
        if (sample[1], sample[2]) in found:
            raise ValueError(f"twice: {line}")
        order.append(sample[1])
        found[sample[1], sample[2]] = float(sample[3])
    return found


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
    tap.check(parse(head + 'a_total{b="c"} 1\n') == {("a_total", 'b="c"'): 1.0}, "the parser takes what is right")
    for wrong in (head + "a_total 1", head + "a_total x\n", "a_total 1\n", head + "a_total 1\na_total 2\n",
                  head + 'a_total{b=c} 1\n', head + 'a_total{b="c"}  1\n', head + head + "a_total 1\n",
                  "# HELP a x\n# TYPE a counter\na 1\n", head + "\na_total 1\n"):
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
    tap.check({name for name, _ in found} == {"jpki_ocsp_answers_total", "jpki_map_epoch", "jpki_map_highest_serial",
                                              "jpki_list_epoch", "jpki_responder_renewal_seconds"},
              "what it tells, and no more", text)
    labels = set(re.findall(r'(\w+)="', text))
    tap.check(labels == {"outcome", "kind"}, "no label could name anybody", labels)


try:
    code, errors = jpkid.init(DATA)
    tap.check(code == 0, "init", errors)
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
        test_page()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
