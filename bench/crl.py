"""Full CRLs: CPU time of building one, beside hashing and signing the very bytes. bench/crl_build.c does both in turn."""
import os
import tempfile

import measure
import servers

# name: entries, serials in the map, whether memory is a metric of its own
SIZES = {"crl-1m": (10**6, 10**6, True), "crl-1m-among-100m": (10**6, 10**8, False), "crl-10m": (10**7, 10**7, True)}
NAMES = list(SIZES)


def run_one(name, folder, report):
    listed, num, has_memory = SIZES[name]
    turns = measure.program_turns(os.path.join(servers.BUILD, "bench", "crl-build"), folder, listed, num,
                                  measure.ROUNDS)
    report.add(name, measure.median(turns, "cpu"), {"SHA-256 and RSA-2048": measure.median(turns, "limit")}, is_cost=True)
    if has_memory:
        report.add(f"{name}-memory", measure.median(turns, "memory") / 1000,
                   {"the list": measure.median(turns, "bytes") / 1e6}, is_cost=True)


def run(names, report):
    for name in names:
        with tempfile.TemporaryDirectory(prefix="bench-crl-", dir=servers.BUILD) as folder:
            run_one(name, folder, report)
