#!/usr/bin/python3
"""Another writer begins whose clock is behind that of the one before it, which held a certificate and died before it
made its list: a little behind, and the list says so, not older than what it tells; far behind, and it is not signed."""
import calendar
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
import pcscd  # noqa: E402
from tap import Tap, skip_all  # noqa: E402
from town import HANAKO, Town  # noqa: E402

gone = pcscd.missing("openssl")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()

NOW = int(time.time())
A_LITTLE, FAR = 200, 3600  # seconds; LIMIT_CLOCK_BEHIND is 300
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-clock-")
DATA = os.path.join(folder, "data")


def clock(seconds):
    return "--clock", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def entry(kind, serial):
    """(thisUpdate, since when it is held) of the published list, seconds; None: it is not on it."""
    text = subprocess.run(["openssl", "crl", "-inform", "DER", "-in", f"{DATA}/published/{kind}.crl", "-noout", "-text"],
                          capture_output=True, text=True, check=True).stdout
    found = re.search(rf"Serial Number: 0*{serial:X}\n\s+Revocation Date: (.+)", text)
    times = [re.search(r"Last Update: (.+)", text)[1], found[1]] if found else []
    return [calendar.timegm(time.strptime(one.strip(), "%b %d %H:%M:%S %Y GMT")) for one in times] or None


try:
    code, errors = jpkid.init(DATA, *clock(NOW - 86400))
    tap.check(code == 0, "init", errors)
    with pcscd.Readers(1) as readers:
        town = Town(DATA, readers)
        town.start(*clock(NOW))
        town.make_card(HANAKO)
        serials = town.issue(HANAKO)
        for _ in range(200):
            if town.rows("SELECT COUNT(*) FROM crl WHERE epoch > 0")[0][0] >= 2:
                break
            time.sleep(0.1)
        time.sleep(3)  # a next list would be a second later than that one at the least
        town.hold(HANAKO)
        town.kill()
        tap.check(entry("authentication", serials["authentication"]) is None, "it died before the list was made")
        far = jpkid.Service(DATA, *clock(NOW - FAR))
        tap.check(far.wait() == 2 and "set it right (NTP)" in far.said() and "thisUpdate" not in far.said(), "far behind: the list is not signed, and the service ends", far.said())
        town.start(*clock(NOW - A_LITTLE))
        for _ in range(100):
            if entry("authentication", serials["authentication"]):
                break
            time.sleep(0.1)
        times = entry("authentication", serials["authentication"])
        tap.check(times and NOW - 1 <= times[1] <= times[0] < NOW + 300, "a little behind: the list is not older than what it tells", times)
        tap.check(town.ocsp("authentication", serials["authentication"]) == "revoked", "and OCSP says the same")
        town.service.stop()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
