#!/usr/bin/python3
"""Pages in a real browser: starts the sample town for browser.mjs, which does the looking. --pictures FOLDER keeps what
it saw (make screenshots)."""
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from certificate_rows import AUTHENTICATION, SIGNATURE, Certificates  # noqa: E402
from tap import skip_all  # noqa: E402

if not all(map(shutil.which, ("node", "chromium", "zbarimg"))) or not os.path.isdir(f"{jpkid.SOURCE}/pages/node_modules/playwright-core"):
    skip_all("node, chromium, zbarimg or the packages of pages/ are not here")
words = sys.argv[1:]
pictures = words[words.index("--pictures") + 1] if "--pictures" in words else None
folder = tempfile.mkdtemp(prefix="jpki-browser-")
os.makedirs(pictures or f"{folder}/pictures", exist_ok=True)


def jpki(*words):
    """An act's answer."""
    done = subprocess.run([f"{jpkid.BUILD}/jpki", *words, "--json", "--socket", f"{folder}/data/run/acts.sock"], check=True,
                          capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"}, timeout=60)
    return json.loads(done.stdout)


try:
    code, errors = jpkid.init(f"{folder}/data")
    if code:
        sys.exit(errors)
    certificates = Certificates(f"{folder}/data")
    certificates.add_cards()
    ahead = lambda num: str(datetime.date.today() + datetime.timedelta(days=num))  # noqa: E731
    for resident, last_day in ((1018, ahead(90)), (1019, ahead(20)), (1029, "2027-02-28"), (1056, ahead(95)), (1057, ahead(20))):
        for kind in (SIGNATURE, AUTHENTICATION):
            certificates.add(resident, kind, last_day)
    certificates.add_many(1200, ahead(70))  # more than fit into a week
    with jpkid.Service(f"{folder}/data", "--web", "127.0.0.1:0") as service:
        if not service.is_ready:
            sys.exit(service.said())
        login = jpki("admin", "login-code", "--as", "daiei1")["login_code"]
        auditor = jpki("admin", "login-code", "--as", "auditor1")["login_code"]
        jpki("admin", "event", "--as", "register1", "--resident", "1001", "--event", "renamed", "--reference", "B-1", "given=華子")
        jpki("admin", "event", "--as", "register1", "--resident", "1001", "--event", "left-abroad", "--effective", "2099-01-31",
             "--reference", "B-2")
        jpki("counter", "open", "--procedure", "new", "--resident", "1001", "--kind", "both", "--pin", "never-set", "--as", "daiei1")
        year, month = time.localtime()[:2]
        free = jpki("counter", "free", "--office", "daiei", "--procedure", "renewal", "--date", f"{year + month // 12}-{month % 12 + 1:02}-01",
                    "--as", "daiei1")
        day = free["days"][1]
        booked = jpki("counter", "book", f"{day}T09:00", "--office", "daiei", "--procedure", "renewal", "--name", "見本 花子",
                      "--birth-date", "1980-04-01", "--telephone", "090-1234-5678", "--note", "車いすで来庁します", "--as", "daiei1")
        done = subprocess.run(["node", f"{jpkid.SOURCE}/tests/web/browser.mjs", service.urls["web"].rstrip("/"),
                               pictures or f"{folder}/pictures", "--all" if pictures else "--few" if "--few" in words else "--usual"],
                              env={**os.environ, "HOME": folder, "LOGIN_CODE": login, "AUDITOR_CODE": auditor, "FREE_DAY": day, "BOOKED": str(booked["number"])}, timeout=900 if pictures else 580)
finally:
    shutil.rmtree(folder, ignore_errors=True)
sys.exit(done.returncode)
