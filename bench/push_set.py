"""Push sets: bytes beside the entropy bound, CPU time of building one beside that of reading the map, and what a
relying party pays. bench/push_set.c does all in turn."""
import os
import tempfile

import measure
import servers

# name: listed, serials in the map
SIZES = {"push-set-1m": (10**6, 10**8)}
NAMES = list(SIZES)


def run_one(name, folder, report):
    listed, num = SIZES[name]
    turns = measure.program_turns(os.path.join(servers.BUILD, "bench", "push-set"), folder, listed, num,
                                  measure.ROUNDS)
    report.add(name, measure.median(turns, "bytes") / 1e6, {"entropy": measure.median(turns, "bound") / 1e6}, is_cost=True)
    report.add(f"{name}-build", measure.median(turns, "build"), {"every word, read": measure.median(turns, "limit")},
               is_cost=True)
    report.add(f"{name}-parse", measure.median(turns, "parse"), is_cost=True)
    report.add(f"{name}-lookup", measure.median(turns, "lookups"))
    report.add(f"{name}-memory", measure.median(turns, "memory") / 1000,
               {"the set": measure.median(turns, "bytes") / 1e6}, is_cost=True)


def run(names, report):
    for name in names:
        with tempfile.TemporaryDirectory(prefix="bench-push-set-", dir=servers.BUILD) as folder:
            run_one(name, folder, report)
