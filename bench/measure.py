"""How honest numbers are taken on a machine that others use: every contestant and every limit has its turn in each
of many short rounds, and the median of the rounds counts. Beside rates there is CPU time for each request, which
neighbours disturb less."""
import json
import os
import re
import statistics
import subprocess

ROUNDS = 5  # at least
SECONDS = 2  # of one turn
TICKS = os.sysconf("SC_CLK_TCK")


class Report:
    """What a run has measured; metrics in the form of build/bench.json."""

    def __init__(self):
        self.metrics = []

    def add(self, name, value, limits=None, peers=None, is_cost=False, against=None):
        """limits and peers: {name: value in the metric's unit}; of several, the slowest limit and the best peer count.
        is_cost: less is better. The ratio is to the limit, else to the peer, or to the one named by `against`."""
        hardest = max if is_cost else min
        limit = hardest(limits.values()) if limits else None
        best = (min if is_cost else max)(peers.values()) if peers else None
        other = {**(limits or {}), **(peers or {})}.get(against, limit if limit is not None else best)
        ratio = None if other is None else (other / value if is_cost else value / other)
        self.metrics.append({"name": name, "value": value, "limit": limit, "peer": best, "ratio": ratio,
                             "limits": limits or {}, "peers": peers or {}})


def median(results, key):
    return statistics.median(result[key] for result in results)


def rounds(contestants, num=ROUNDS):
    """contestants: {name: function that takes one turn and returns a dict of numbers}. All turns, by name; which one
    begins a round changes."""
    names = list(contestants)
    results = {name: [] for name in names}
    for number in range(num):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            results[name].append(contestants[name]())
    return results


def program_turns(program, *words):
    """All turns of a program of bench/ that times itself: a line of JSON for each."""
    said = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in said.stdout.splitlines()]


def cpu_seconds(pid):
    """User and system time of a process."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid, field="VmRSS"):
    """Megabytes, by a field of /proc/PID/status."""
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(rf"^{field}:\s+(\d+) kB", file.read(), re.M).group(1)) / 1000


# openssl speed's names of what is measured, and the line that tells signatures and verifications in a second
SPEED = {"p256": ("ecdsap256", r"ecdsa \(nistp256\)\s+\S+\s+\S+\s+([\d.]+)\s+([\d.]+)"),
         "rsa2048": ("rsa2048", r"rsa 2048 bits\s+\S+\s+\S+\s+([\d.]+)\s+([\d.]+)")}


def speeds(key, elapsed):
    """(signatures, verifications) in a second that one core makes: of real time when elapsed, else of CPU time."""
    name, line = SPEED[key]
    command = ["openssl", "speed", "-seconds", "1", *(["-elapsed"] if elapsed else []), name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return tuple(map(float, re.search(line, done.stdout).groups()))


def speed_turn(key):
    """rate: signatures; pair_rate: pairs of a signature and its verification; cpu_rate: signatures, of CPU time."""
    def turn():
        sign, verify = speeds(key, True)
        return {"rate": sign, "pair_rate": 1 / (1 / sign + 1 / verify), "cpu_rate": speeds(key, False)[0]}
    return turn
