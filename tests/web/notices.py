#!/usr/bin/python3
"""The staff's pages of notices and of the forecast: a day's list with its letters as PDFs, what came back; what falls due
against what fits, as a plot, in words, as a table, on one page."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from certificate_rows import AUTHENTICATION, SIGNATURE, Certificates  # noqa: E402
from tap import Tap  # noqa: E402
from visitor import Visitor  # noqa: E402

CLOCK = "2026-12-01T03:00:00Z"
DAY = "2026-12-01"
MANY, MANY_END = 700, "2027-01-14"  # more than fit into a week; all of them ending in that of 2027-01-11
PAGE = 20  # letters
SECONDS = 60

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-web-notices-")
DATA = f"{folder}/data"
certificates = Certificates(DATA)


class Clerk(Visitor):
    def __init__(self, name="daiei1"):
        super().__init__(service)
        done = subprocess.run([f"{jpkid.BUILD}/jpki", "admin", "login-code", "--as", name, "--json"], capture_output=True, text=True,
                              env=dict(os.environ, LC_ALL="C.UTF-8", JPKI_ACTS_SOCKET=f"{DATA}/run/acts.sock"))
        self.post("/staff/login", {"code": json.loads(done.stdout)["login_code"]})

    def html(self, path, language="ja"):
        return self.get(path, Accept="text/html", **{"Accept-Language": language}).text

    def pdf(self, path):
        """Its text, and its first bytes: Visitor reads texts alone."""
        import http.client
        connection = http.client.HTTPConnection(self.host, timeout=40)
        connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        body = answer.read()
        self.status, self.headers = answer.status, answer.headers
        with open(f"{folder}/paper.pdf", "wb") as file:
            file.write(body)
        done = subprocess.run(["pdftotext", "-raw", f"{folder}/paper.pdf", "-"], capture_output=True, text=True)
        return re.sub(r"\s", "", done.stdout)


def wait_until(condition):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_who_may():
    stranger = Visitor(service)
    for path in ("/staff/notices", "/staff/notices.pdf", "/staff/notice/paper?number=1", "/staff/forecast", "/staff/forecast.pdf"):
        tap.check(stranger.get(path).status == 303 and "/staff/login" in stranger.headers["Location"], f"for the staff alone: {path}", stranger.text)
    line = Clerk("hotline1")
    for path in ("/staff/notices", "/staff/notices.pdf", "/staff/notice/paper?number=1", "/staff/forecast", "/staff/forecast.pdf"):
        tap.check(line.get(path).status == 409 and line.json()["code"] == "role", f"not for the hotline: {path}", line.text)
    tap.check(line.post("/staff/notice/returned", {"number": 1}).status == 409, "nor its form", line.text)
    tap.check("/staff/notices" not in line.html("/staff"), "nor is it led there")


def test_list(clerk):
    page = clerk.get("/staff/notices").json()
    letters = page["letters"]
    tap.check(page["date"] == DAY and len(letters) == PAGE and page["more"] and page["next_url"], "the newest day's first page", page["date"])
    counts = {row["notice"]: row["count"] for row in page["counts"]}
    reasons = {row["outcome"]: row["count"] for row in page["reasons"]}
    tap.check(counts == {"opens": MANY + 2, "ends": 1, "card-ends": 1} and reasons == {"not-resident": 1}, "how many, and why not", (counts, reasons))
    rest = clerk.get(page["next_url"]).json()["letters"]
    tap.check(len(rest) == PAGE and rest[0]["number"] == letters[-1]["number"] + 1, "the next page goes on", rest[0])
    text = clerk.html("/staff/notices")
    tap.check("/staff/notices" in clerk.html("/staff") and "見本一丁目" not in text and "戻ってきた" in text and "<script" not in text,
              "led there; no address on the screen", text)
    english = clerk.html("/staff/notices", "en")
    tap.check("The card ends first" in english and "It came back" in english, "in English", english)
    for day in ("2026-12-02", "2026-11-30"):
        tap.check(clerk.get(f"/staff/notices?date={day}").json()["letters"] == [], f"nothing on {day}", clerk.text)
    for query in ("date=x", "date=2026-13-01"):
        tap.check(clerk.get(f"/staff/notices?{query}").status == 400, f"no day: {query}", clerk.text)
    found, url = [], "/staff/notices"
    while url:
        page = clerk.get(url).json()
        found, url = found + page["letters"], page.get("next_url")
    tap.check(len(found) == MANY + 4 and len({row["number"] for row in found}) == len(found), "all pages have each letter once", len(found))
    return {row["resident"]: row for row in found if row["resident"] < 100000}


def test_papers(clerk, letters):
    text = clerk.pdf(letters[1001]["paper_url"])
    tap.check(clerk.headers["Content-Type"] == "application/pdf" and clerk.headers["Cache-Control"] == "no-store"
              and "電子証明書の有効期限通知書" in text and "北栄花子様" in text and f"20261201-{letters[1001]['number']}" in text
              and "更新できる最初の日令和8年（2026年）12月2日" in text and "見本／SAMPLE" in text, "a letter", text)
    text = clerk.pdf(letters[1047]["paper_url"])
    tap.check("マイナンバーカードの有効期限のお知らせ" in text and "カードの最終日令和8年（2026年）12月15日" in text and "暗証番号" not in text,
              "the card ends first", text)
    text = clerk.pdf(letters[1056]["paper_url"])
    tap.check("見本三丁目９番地" in text, "the envelope of who is protected has the address", text)
    first = clerk.get("/staff/notices").json()
    begun = time.monotonic()
    text = clerk.pdf(first["papers_url"])
    taken = time.monotonic() - begun
    info = subprocess.run(["pdfinfo", f"{folder}/paper.pdf"], capture_output=True, text=True).stdout
    size = os.path.getsize(f"{folder}/paper.pdf")
    tap.check(re.search(rf"Pages:\s+{PAGE}\n", info) and all(f"20261201-{row['number']}" in text for row in first["letters"]) and text.count("様") == PAGE,
              f"the letters of a page in one PDF: {size} bytes, {taken:.2f} s", info + text[:500])
    tap.check(clerk.get("/staff/notices.pdf?date=2026-11-30").status == 404 and clerk.get("/staff/notices.pdf?date=x").status == 400, "none of another day", clerk.text)
    for query, status in (("number=999999", 409), ("number=x", 400), ("", 400)):
        tap.check(clerk.get(f"/staff/notice/paper?{query}").status == status, f"no letter: {query}", clerk.text)


def test_returned(clerk, letters):
    number = letters[1001]["number"]
    tap.check(clerk.post("/staff/notice/returned", {"number": number}, Origin="https://elsewhere.example").status == 403, "another site's form", clerk.text)
    tap.check(certificates.count("SELECT COUNT(*) FROM notice WHERE returned IS NOT NULL") == 0, "writes nothing down")
    clerk.post("/staff/notice/returned", {"number": number, "after": str(number - 1)})
    tap.check(clerk.status == 303 and f"date={DAY}&after={number - 1}" in clerk.headers["Location"], "it came back", dict(clerk.headers))
    page = clerk.get(clerk.headers["Location"]).json()
    row = next(row for row in page["letters"] if row["number"] == number)
    tap.check(row["returned"] == DAY and row["returned_by"] == "daiei1" and [c["returned"] for c in page["counts"] if c["notice"] == "opens"] == [1],
              "the list says so", row)
    tap.check(clerk.post("/staff/notice/returned", {"number": number}).status == 409 and clerk.json()["code"] == "returned-already", "once", clerk.text)
    for form, status in (({"number": 10**6}, 409), ({"number": "x"}, 400), ({}, 400)):
        tap.check(clerk.post("/staff/notice/returned", form).status == status, f"no letter came back: {form}", clerk.text)


def test_forecast(clerk):
    page = clerk.get("/staff/forecast").json()
    over = [week["first"] for week in page["over"]]
    tap.check(len(page["weeks"]) == 53 and over == ["2027-01-11"], "the weeks without enough room", over)
    plot = page["plot"]
    tap.check(plot["opening"].count("z") == plot["ending"].count("z") == 53 and plot["most"] == MANY and "M650 2000v-2000h40v2000z" in plot["ending"]
              and plot["over"] == "M600 2010h100v80h-100z", "the plot has the same figures", plot)
    text = clerk.html("/staff/forecast")
    policy = clerk.headers["Content-Security-Policy"]
    tap.check("style-src 'self'" in policy and "unsafe" not in policy and " style=" not in text and "<style" not in text and "<script" not in text,
              "the plot needs nothing inline", policy)
    tap.check("2027年1月11日" in text and text.count("<tr>") == 54, "words, plot and table", text)
    tap.check("Weeks without enough room" in clerk.html("/staff/forecast", "en"), "in English")
    paper = clerk.pdf("/staff/forecast.pdf")
    tap.check(clerk.headers["Content-Type"] == "application/pdf" and "余力を超える週:1週" in paper
              and f"令和9年（2027年）1月11日からの週:余力352に対し、期間が始まる来庁0、終わる来庁{MANY}" in paper and f"1月11日0{MANY}352超過" in paper
              and paper.count("超過") == 1 and "見本／SAMPLE" in paper, "the paper", paper)
    info = subprocess.run(["pdfinfo", f"{folder}/paper.pdf"], capture_output=True, text=True).stdout
    tap.check(re.search(r"Pages:\s+1\n", info) and "595" in info, "of one page", info)


def test_changes_by_day(clerk):
    """What was counted at 00:30 stays until the next one; then the sample town's room is known anew."""
    before = clerk.get("/staff/forecast").json()["counted"]
    tap.check(before == DAY, "the day of the counting is said", before)


if not all(map(shutil.which, ("pdftotext", "pdfinfo"))):
    from tap import skip_all
    skip_all("poppler-utils is not here")
try:
    code, errors = jpkid.init(DATA, "--clock", CLOCK)
    tap.check(code == 0, "a town is made", errors)
    certificates.add_cards()
    certificates.add(1057, AUTHENTICATION, "2027-03-02")
    for kind in (SIGNATURE, AUTHENTICATION):
        certificates.add(1001, kind, "2027-03-01")
    certificates.add(1047, AUTHENTICATION, "2026-12-15")
    certificates.add(1056, AUTHENTICATION, "2027-03-01")
    certificates.add(1002, AUTHENTICATION, "2026-12-20")
    certificates.add_many(MANY, MANY_END)
    with jpkid.Service(DATA, "--web", "127.0.0.1:0", "--clock", CLOCK) as service:
        tap.check(service.is_ready, "ready", service.said())
        tap.check(wait_until(lambda: certificates.count("SELECT COUNT(*) FROM notice_batch WHERE finished IS NOT NULL")), "the day's notices are made")
        test_who_may()
        clerk = Clerk()
        found = test_list(clerk)
        test_papers(clerk, found)
        test_returned(clerk, found)
        test_forecast(clerk)
        test_changes_by_day(clerk)
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
