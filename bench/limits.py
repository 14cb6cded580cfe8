"""What this machine can do: signatures in a second of CPU time, and 4 kB appended to a file and on the disk."""
import os
import tempfile
import time

import measure
import servers

NAMES = ["limits"]
BLOCK = 4096
APPEND_SECONDS = 1


def append_rate():
    """How often 4 kB at the end of a file are on the disk in a second; the file lies where builds do."""
    with tempfile.NamedTemporaryFile(dir=servers.BUILD, prefix="append-") as file:
        num, start = 0, time.monotonic()
        while time.monotonic() - start < APPEND_SECONDS:
            os.write(file.fileno(), b"\x5a" * BLOCK)
            os.fdatasync(file.fileno())
            num += 1
        return {"rate": num / (time.monotonic() - start)}


def run(names, report):
    turns = measure.rounds({"p256": lambda: {"rate": measure.speeds("p256", False)[0]},
                            "rsa2048": lambda: {"rate": measure.speeds("rsa2048", False)[0]},
                            "append": append_rate})
    report.add("limit-sign-p256", measure.median(turns["p256"], "rate"))
    report.add("limit-sign-rsa2048", measure.median(turns["rsa2048"], "rate"))
    report.add("limit-append-4k", measure.median(turns["append"], "rate"))
