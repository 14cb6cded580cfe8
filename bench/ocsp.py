"""OCSP over HTTP, one server thread: answers signed on the spot, because they repeat a nonce, and answers that may be
kept. Limits: a server of files with a body of the same size, and the signatures that one core makes."""
import contextlib
import os
import subprocess
import tempfile
import urllib.request

import measure
import ocsp_requests
import servers

NAMES = ["ocsp-nonce", "ocsp-plain", "ocsp-answer"]
NUM_SERIALS = 10000
ROUNDS = 7
ANSWER_ROUNDS = 21


def ask(port, body):
    """One answer, DER."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/ocsp", body, {"Content-Type": "application/ocsp-request"})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        return answer.read()


def judge(world, serial, expected):
    """openssl, with the issuer's certificate alone, must see the status that the map has."""
    said = servers.openssl(world.folder, "ocsp", "-issuer", "issuer.pem", "-serial", str(serial), "-CAfile",
                           "issuer.pem", "-url", f"http://127.0.0.1:{world.port}/ocsp").decode()
    if f"{serial}: {expected}" not in said:
        raise RuntimeError(f"openssl ocsp: {said}")


def write_file_of(folder, body, plain):
    """The same body as a file to serve, and requests for it that are as many and as long as those in the file `plain`."""
    os.makedirs(f"{folder}/files", exist_ok=True)
    with open(f"{folder}/files/answer.der", "wb") as file:
        file.write(body)
    start = "/answer.der?"
    with open(plain) as asked, open(f"{folder}/file-requests", "w") as file:
        file.writelines(start + line[len(start):] for line in asked)
    return f"{folder}/file-requests"


def openssl_turn(folder):
    server = servers.openssl_responder(folder)
    try:
        return servers.SingleLoad(server, f"{folder}/others-body")()
    finally:
        server.stop()


class Bench:
    def __init__(self, folder, stack):
        self.folder, self.stack = folder, stack
        serials = ocsp_requests.spread(servers.FIRST_SERIAL, NUM_SERIALS, NUM_SERIALS)
        self.world = self.keep(servers.World(f"{folder}/world", NUM_SERIALS))
        hashes = ocsp_requests.issuer_hashes(self.world.issuer)
        ocsp_requests.write_gets(f"{folder}/plain", "/ocsp/", hashes, serials)
        ocsp_requests.write_posts(f"{folder}/nonce", hashes, serials, has_nonce=True)
        judge(self.world, servers.FIRST_SERIAL, "revoked")
        judge(self.world, servers.FIRST_SERIAL + 1, "good")
        servers.make_authority(folder, NUM_SERIALS)
        others = ocsp_requests.issuer_hashes(f"{folder}/ca.pem")
        with open(f"{folder}/others-body", "wb") as file:
            file.write(ocsp_requests.request(others, serials[1], os.urandom(16)))
        ocsp_requests.write_posts(f"{folder}/others-one", others, serials[:1], has_nonce=False)
        body = ask(self.world.port, ocsp_requests.request(hashes, servers.FIRST_SERIAL + 1, os.urandom(16)))
        self.file_requests = write_file_of(folder, body, f"{folder}/plain")
        self.nginx = self.keep(servers.nginx(folder))

    def keep(self, server):
        self.stack.callback(server.stop)
        return server

    def nonce(self, report):
        turns = measure.rounds({
            "ours": servers.Load(self.world, f"{self.folder}/nonce", "POST", "/ocsp"),
            "nginx static": servers.Load(self.nginx, self.file_requests),
            "P-256 sign": measure.speed_turn("p256"),
            "openssl ocsp": lambda: openssl_turn(self.folder),
        }, ROUNDS)
        rate = {name: measure.median(turns[name], "rate") for name in turns}
        cpu = {name: measure.median(turns[name], "cpu") for name in turns if name != "P-256 sign"}
        sign = 1e6 / measure.median(turns["P-256 sign"], "cpu_rate")
        report.add("ocsp-nonce", rate["ours"], {name: rate[name] for name in ("nginx static", "P-256 sign")},
                   {"openssl ocsp": rate["openssl ocsp"]})
        report.add("ocsp-nonce-p99", measure.median(turns["ours"], "p99"))
        report.add("ocsp-nonce-cpu", cpu["ours"], {"nginx static + P-256 sign": cpu["nginx static"] + sign},
                   {"openssl ocsp": cpu["openssl ocsp"]}, is_cost=True)

    def plain(self, report):
        turns = measure.rounds({
            "ours": servers.Load(self.world, f"{self.folder}/plain"),
            "nginx static": servers.Load(self.nginx, self.file_requests),
            "h2o static": servers.Load(self.keep(servers.h2o(self.folder)), self.file_requests),
            "cfssl ocspserve": servers.Load(self.keep(servers.cfssl_responder(self.folder)),
                                            f"{self.folder}/others-one", "POST", "/"),
        }, ROUNDS)
        rate = {name: measure.median(turns[name], "rate") for name in turns}
        cpu = {name: measure.median(turns[name], "cpu") for name in turns}
        statics = ("nginx static", "h2o static")
        report.add("ocsp-plain", rate["ours"], {name: rate[name] for name in statics},
                   {"cfssl ocspserve": rate["cfssl ocspserve"]}, against="h2o static")
        report.add("ocsp-plain-p99", measure.median(turns["ours"], "p99"))
        report.add("ocsp-plain-cpu", cpu["ours"], {name: cpu[name] for name in statics},
                   {"cfssl ocspserve": cpu["cfssl ocspserve"]}, is_cost=True, against="h2o static")


def answer(report):
    """The responder alone, beside its one signature: bench/ocsp_answer.c takes both in turn."""
    turns = measure.program_turns(os.path.join(servers.BUILD, "bench", "ocsp-answer"), ANSWER_ROUNDS)
    report.add("ocsp-answer", measure.median(turns, "nonce"), {"P-256 sign": measure.median(turns, "sign")},
               is_cost=True)


def run_served(names, report):
    with tempfile.TemporaryDirectory(prefix="bench-ocsp-") as folder, contextlib.ExitStack() as stack:
        bench = Bench(folder, stack)
        if "ocsp-nonce" in names:
            bench.nonce(report)
        if "ocsp-plain" in names:
            bench.plain(report)


def run(names, report):
    if "ocsp-answer" in names:
        answer(report)
    if "ocsp-nonce" in names or "ocsp-plain" in names:
        run_served(names, report)
