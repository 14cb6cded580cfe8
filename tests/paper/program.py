#!/usr/bin/python3
"""jpkid-forms as web has it: the blank forms, then papers one by one, in a process that can open nothing any more."""
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import Tap, skip_all  # noqa: E402

SOURCE = os.environ.get("JPKI_SOURCE", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PROGRAM = os.path.join(os.environ.get("JPKI_BUILD", os.path.join(SOURCE, "build")), "jpkid-forms")
FORMS = ("issue", "revoke", "card-lost", "release", "release-card", "pin", "card-pin", "stay") # as web takes them
TARGET = 20 # milliseconds of a processor for a page, on a machine that nobody else uses
BUSY = 3 # times as long on one that others use, too
PAGES = 100
NAMES = ("𠮷田　葛󠄀子", "髙橋　邉󠄐太郎", "SAMPLE МАРИЯ", "Ελένη", "見本　" + "長" * 30, "i" * 60, "김민수")
RECEIPT = {"name": "𠮷田　葛󠄀子", "date": "2026-11-27", "sender": "見本町長", "office": "窓口", "number": "42", "procedure": "更新",
           "signature-from": "2026-11-27T01:02:03Z"}
# leaks cannot be looked for by a process that may not be looked into; tests/paper/serve.c does
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
MALFORMED, LIMIT, NOT_FOUND, UNSUPPORTED = 2, 3, 6, 18 # places in ERR_LIST of base/err.h

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-program-")


class Program:
    def __init__(self, word="real"):
        self.end, peer = socket.socketpair()
        self.end.settimeout(20)
        self.log = open(os.path.join(folder, "log"), "w+b")
        self.process = subprocess.Popen([PROGRAM, word], stdin=subprocess.DEVNULL, stdout=peer, stderr=self.log, env=ENVIRONMENT)
        peer.close()

    def take(self, size):
        """So many bytes, or what there is before the end."""
        taken = b""
        while len(taken) < size:
            part = self.end.recv(size - len(taken))
            if not part:
                break
            taken += part
        return taken

    def receive(self):
        head = self.take(4)
        return self.take(struct.unpack(">I", head)[0]) if len(head) == 4 else None

    def send(self, body):
        self.end.sendall(struct.pack(">I", len(body)) + body)

    def ask(self, paper, items, sample=False):
        self.send(json.dumps({"paper": paper, "items": items, "sample": sample}).encode())
        return self.receive()

    def said(self):
        self.log.seek(0)
        return self.log.read().decode()

    def ticks(self):
        """Of a processor, so far, in milliseconds."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            user, system = file.read().rpartition(")")[2].split()[11:13] # of all its threads
        return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")

    def close(self):
        self.end.close()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def is_pdf(answer):
    return bool(answer) and answer[:6] == b"\0%PDF-"


def read_refusal(answer):
    """(code, rule, text) of a refusal."""
    parts, rest = [], answer[1:]
    while rest:
        size, = struct.unpack(">I", rest[:4])
        parts.append(rest[4:4 + size].decode())
        rest = rest[4 + size:]
    return (answer[0], *parts)


def text_of(pdf):
    return re.sub(r"\s", "", subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, timeout=20).stdout.decode())


def take_blank(program):
    return [program.receive() for _ in FORMS]


def test_papers(program):
    blank = take_blank(program)
    tap.check(all(pdf and pdf.startswith(b"%PDF-") for pdf in blank), "first the blank forms come", [pdf and len(pdf) for pdf in blank])
    answer = program.ask("receipt", RECEIPT)
    tap.check(is_pdf(answer) and "𠮷田葛󠄀子様" in text_of(answer[1:]) and "見本／" not in text_of(answer[1:]), "a letter", answer[:60])
    answer = program.ask("receipt", RECEIPT, True)
    tap.check(is_pdf(answer) and "見本／SAMPLE" in text_of(answer[1:]), "a sample, when it is asked for", answer[:60])
    answer = program.ask("card-pin", {"name": "見本　花子", "birth-date": "0000-00-00"})
    tap.check(is_pdf(answer) and "年月日不詳" in text_of(answer[1:]), "a form", answer[:60])
    for name in NAMES:
        answer = program.ask("receipt", {**RECEIPT, "name": name})
        tap.check(is_pdf(answer) and re.sub(r"\s", "", name) in text_of(answer[1:]) if name != "김민수" else read_refusal(answer)[0] == UNSUPPORTED,
                  f"after the sandbox: {name.encode('unicode_escape').decode()[:40]}", answer[:60])


def test_refusals(program):
    for request, code in ((b"", MALFORMED), (b"{", MALFORMED), (b'{"paper":"receipt","items":{}}', MALFORMED), (b"[" * 10000, MALFORMED),
                          (b'{"paper":"x","items":{},"sample":true}', NOT_FOUND), (b'{"paper":"receipt","items":{},"sample":true}', NOT_FOUND),
                          (b'{"paper":"pin","items":{"number":"4 2"},"sample":true}', MALFORMED), (b" " * 70000, LIMIT),
                          ('{"paper":"pin","items":{"name":"\U0001F600"},"sample":true}'.encode(), UNSUPPORTED)):
        program.send(request)
        answer = program.receive()
        refusal = read_refusal(answer) if answer else None
        tap.check(refusal and refusal[0] == code and len(refusal) == 3 and all(refusal[1:]), f"refused: {request[:50]!r}", refusal)
    tap.check(is_pdf(program.ask("receipt", RECEIPT)), "and it goes on")


def test_sandbox(program):
    """Behind the last blank form: every thread under the filter, no privilege, no file of a font open that could be another."""
    tasks = os.listdir(f"/proc/{program.process.pid}/task")
    faults = []
    for task in tasks:
        with open(f"/proc/{program.process.pid}/task/{task}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        if status["Seccomp"].strip() != "2" or status["NoNewPrivs"].strip() != "1":
            faults.append((task, status["Seccomp"], status["NoNewPrivs"]))
    said = program.said()
    if "not filtered" in said:
        tap.check(True, "no filter in this kernel or build # SKIP")
        return
    tap.check(tasks and not faults, f"the filter holds in all of its {len(tasks)} threads", faults)
    tap.check("event=confined" in said and "jpkid-forms: no new privileges" in said and "system calls filtered" in said, "it says so", said)
    opened = [os.readlink(f"/proc/{program.process.pid}/fd/{entry}") for entry in os.listdir(f"/proc/{program.process.pid}/fd")]
    files = [path for path in opened if path.startswith("/") and not path.startswith(("/dev/null", folder))]
    tap.check(all("/fonts/" in path for path in files), "nothing is open but fonts", opened)


def test_processor(program):
    begun = program.ticks()
    for i in range(PAGES):
        answer = program.ask("receipt", {**RECEIPT, "number": str(i)}, True)
        if not is_pdf(answer):
            tap.check(False, f"page {i}", f"{answer and answer[:80]} {program.said()}")
    taken = (program.ticks() - begun) / PAGES
    tap.check(taken < BUSY * TARGET, f"{taken:.1f} ms of a processor a page, of {PAGES}", taken)


def test_end():
    program = Program()
    take_blank(program)
    tap.check(program.close() == 0 and "level=error" not in program.said(), "it ends when the socket closes", program.said())
    program = Program()
    take_blank(program)
    program.end.sendall(b"\xff\xff\xff\xff")
    tap.check(program.process.wait(10) == 2 and "request : it does not come whole" in program.said(), "a frame that is none ends it", program.said())
    program.close()
    program = Program("sample")
    blank = take_blank(program)
    answer = program.ask("receipt", RECEIPT, False)
    tap.check("見本／SAMPLE" in text_of(blank[0]) and "見本／SAMPLE" in text_of(answer[1:]),
              "of a town of sample data every paper is marked, whatever is asked for", answer[:60])
    program.close()


if not shutil.which("pdftotext"):
    skip_all("poppler-utils are not here")
try:
    program = Program()
    test_papers(program)
    test_refusals(program)
    test_sandbox(program)
    if "--no-times" not in sys.argv:
        test_processor(program)
    program.close()
    test_end()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
