"""Push sets: bytes beside the entropy bound, CPU time of building one beside that of reading the map, and what a
relying party pays. bench/push_set.c does all in turn."""
import json
import os
import subprocess
import tempfile

import measure
import servers

# name: listed, serials in the map
SIZES = {"push-set-1m": (10**6, 10**8)}
NAMES = list(SIZES)


def run_one(name, folder, report):
    listed, num = SIZES[name]
    said = subprocess.run([os.path.join(servers.BUILD, "bench", "push-set"), folder, str(listed), str(num),
                           str(measure.ROUNDS)], capture_output=True, text=True, check=True).stdout
    turns = [json.loads(line) for line in said.splitlines()]
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
