"""Two hundred million certificates in the map, and ten million, beside ten thousand: how soon the role `status` gives
its first right answer, whether it answers as fast, and what memory it holds. Every map is asked about equally many
serials, spread over its whole range. It starts with the map on the disk alone; how fast it is until the pages are in
memory depends on the disk, so that this is a metric apart, and the comparison begins when they are there."""
import contextlib
import os
import tempfile
import time
import urllib.error

import measure
import ocsp
import ocsp_requests
import servers

NAMES = ["population", "flatness"]
SMALL = 10000
SIZES = {"flatness": 10**7, "population": 2 * 10**8}
NUM_ASKED = 10000
RIGHT = bytes.fromhex("0a0100")  # responseStatus successful


class Folk:
    """A map, its requests, and the seconds that its role needed to answer."""

    def __init__(self, folder, num_serials):
        self.world = servers.World(f"{folder}/w{num_serials}", num_serials, waits=True)
        self.forget_pages()
        hashes = ocsp_requests.issuer_hashes(self.world.issuer)
        serials = ocsp_requests.spread(servers.FIRST_SERIAL, num_serials, NUM_ASKED)
        self.plain, self.nonce = f"{self.world.folder}/plain", f"{self.world.folder}/nonce"
        ocsp_requests.write_gets(self.plain, "/ocsp/", hashes, serials)
        ocsp_requests.write_posts(self.nonce, hashes, serials, has_nonce=True)
        self.start_seconds = self.start(ocsp_requests.request(hashes, serials[-1]))
        ocsp.judge(self.world, servers.FIRST_SERIAL + num_serials // 2 + 1, "good")
        ocsp.judge(self.world, servers.FIRST_SERIAL + num_serials - 100, "revoked")
        ocsp.judge(self.world, servers.FIRST_SERIAL + num_serials, "unknown")

    def forget_pages(self):
        """The map is on the disk and not in memory any more, as after the machine has started."""
        file = os.open(f"{self.world.folder}/signature.map", os.O_RDWR)
        os.fsync(file)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)

    def remember_pages(self):
        with open(f"{self.world.folder}/signature.map", "rb", buffering=0) as file:
            while file.read(2**20):
                pass

    def start(self, request):
        begin = time.monotonic()
        self.world.start()
        while True:
            try:
                if RIGHT in ocsp.ask(self.world.port, request)[:8]:
                    return time.monotonic() - begin
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(0.001)


def report_start(folk, small, report):
    report.add("population-start", folk.start_seconds, {f"{SMALL} certificates": small.start_seconds}, is_cost=True)
    report.add("population-ocsp-cold", servers.Load(folk.world, folk.nonce, "POST", "/ocsp")()["rate"])


def compare(folks, which, report):
    for folk in folks.values():
        folk.remember_pages()
    turns = measure.rounds({f"{name} {kind}": servers.Load(folk.world, getattr(folk, kind), *how)
                            for kind, how in (("plain", ("GET",)), ("nonce", ("POST", "/ocsp")))
                            for name, folk in folks.items()})
    for name in which:
        for kind in ("nonce", "plain"):
            for suffix, key in (("", "rate"), ("-cpu", "cpu")):
                value, base = (measure.median(turns[f"{one} {kind}"], key) for one in (name, "small"))
                report.add(f"{name}-ocsp-{kind}{suffix}", value, {f"{SMALL} certificates": base}, is_cost=key == "cpu")


def run(names, report):
    which = [name for name in names if name in SIZES]
    with tempfile.TemporaryDirectory(prefix="bench-population-", dir=servers.BUILD) as folder, \
            contextlib.ExitStack() as stack:  # in the build folder: on a disk
        folks = {}
        for name, size in [("small", SMALL), *((name, SIZES[name]) for name in which)]:
            folks[name] = Folk(folder, size)
            stack.callback(folks[name].world.stop)
        if "population" in which:
            report_start(folks["population"], folks["small"], report)
        compare(folks, which, report)
        if "population" in which:
            report.add("population-memory", measure.memory(folks["population"].world.pid), is_cost=True,
                       limits={f"{SMALL} certificates": measure.memory(folks["small"].world.pid)})
