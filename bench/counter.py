"""The counter's pages in a register of a million residents, beside one of ten thousand: what fifty clerks wait at the 95th
percentile, each of whom asks for a page about once a second. Searches are by the beginning of a name, a whole name, kana,
a birth date and a number; between them come the page of a resident and the first page."""
import http.client
import json
import os
import random
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.parse

import measure
import servers
import jpkid  # servers shows where

NAMES = ["counter"]
SIZES = {"1m": 10**6, "10k": 10**4}
CLERKS = 50
SECONDS = 20
PAUSE = (0.5, 1.5)  # of a clerk between two pages
SEED = 20261201


class Town:
    """A service whose register has so many residents."""

    def __init__(self, folder, num):
        self.data = os.path.join(folder, f"town-{num}")
        status, errors = jpkid.init(self.data)
        if status:
            raise RuntimeError(errors)
        self.database = os.path.join(self.data, "database", "jpki.db")
        done = subprocess.run([f"{servers.BUILD}/bench/bench-residents", self.database, str(num), str(SEED)], check=True,
                              capture_output=True, text=True)
        self.fill_seconds = json.loads(done.stdout)["seconds"]
        self.people = self.sample()
        self.service = jpkid.Service(self.data, "--web", "127.0.0.1:0")
        self.host = self.service.urls["web"].rstrip("/").removeprefix("http://")

    def sample(self):
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return connection.execute("SELECT number, family, given, kana, born FROM resident WHERE number >= 1000000"
                                      " ORDER BY number * 7919 % 1000003 LIMIT 2000").fetchall()

    def cookie(self):
        done = subprocess.run([f"{servers.BUILD}/jpki", "admin", "login-code", "--as", "daiei1", "--json", "--socket",
                               self.service.acts], capture_output=True, text=True, check=True)
        connection = http.client.HTTPConnection(self.host)
        connection.request("POST", "/staff/login", urllib.parse.urlencode({"code": json.loads(done.stdout)["login_code"]}),
                           {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}",
                            "Sec-Fetch-Site": "same-origin"})
        return connection.getresponse().headers["Set-Cookie"].split(";")[0]

    def pages(self, chance):
        """One page of each kind, about somebody."""
        number, family, given, kana, born = chance.choice(self.people)
        born = f"{born // 10000:04}-{born // 100 % 100:02}-{born % 100:02}"
        asked = {"name": family, "whole name": f"{family} {given}", "kana": kana.split("　")[0], "birth date": born,
                 "number": str(number)}
        pages = {f"by {what}": "/staff/residents?" + urllib.parse.urlencode({"q": text}) for what, text in asked.items()}
        return {**pages, "resident": f"/staff/resident?resident={number}", "first": "/staff"}


class Clerk(threading.Thread):
    def __init__(self, town, cookie, number):
        super().__init__()
        self.town, self.cookie, self.chance, self.waits, self.error = town, cookie, random.Random(number), [], None
        self.start()

    def run(self):
        try:
            self.work()
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            self.error = error

    def work(self):
        connection, end = http.client.HTTPConnection(self.town.host, timeout=30), time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(self.chance.uniform(*PAUSE))
            what, page = self.chance.choice(list(self.town.pages(self.chance).items()))
            start = time.monotonic()
            connection.request("GET", page, headers={"Cookie": self.cookie, "Accept": "text/html"})
            answer = connection.getresponse()
            answer.read()
            self.waits.append((what, 1000 * (time.monotonic() - start)))
            if answer.status != 200:
                raise RuntimeError(f"{page}: {answer.status}")


def percentile(waits, part):
    return sorted(waits)[int(part * (len(waits) - 1))]


def turn(town):
    cookie = town.cookie()
    clerks = [Clerk(town, cookie, number) for number in range(CLERKS)]
    for clerk in clerks:
        clerk.join()
    errors = [clerk.error for clerk in clerks if clerk.error]
    if errors:
        raise RuntimeError(f"{len(errors)} of {CLERKS} clerks could not go on: {errors[0]!r}")
    waits = [wait for clerk in clerks for wait in clerk.waits]
    found = {"p95": percentile([wait for _, wait in waits], 0.95), "pages": len(waits) / SECONDS}
    for what in {what for what, _ in waits}:
        found[what] = percentile([wait for one, wait in waits if one == what], 0.95)
    return found


def run(names, report):
    with tempfile.TemporaryDirectory(prefix="bench-counter-", dir=servers.BUILD) as folder:
        towns = {name: Town(folder, num) for name, num in SIZES.items()}
        try:
            turns = measure.rounds({name: lambda town=town: turn(town) for name, town in towns.items()})
        finally:
            for town in towns.values():
                town.service.stop()
        kinds = sorted(set(turns["1m"][0]) - {"p95", "pages"})
        worst = max(kinds, key=lambda kind: measure.median(turns["1m"], kind))
        report.add("counter-1m-p95", measure.median(turns["1m"], "p95"), {"10,000 residents": measure.median(turns["10k"], "p95")},
                   is_cost=True)
        report.add("counter-1m-worst-p95", measure.median(turns["1m"], worst), {worst: measure.median(turns["10k"], worst)},
                   is_cost=True)
        report.add("counter-1m-pages", measure.median(turns["1m"], "pages"))
        report.add("counter-1m-fill", towns["1m"].fill_seconds, is_cost=True)
