#!/usr/bin/python3
"""The guide as pages: every path of it is walked through the addresses that the pages give, each ends, none contradicts
`jpki rules papers`; what is in an address is never more than a word of the tables."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
POLICY = ("default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
          " frame-ancestors 'none'")
IS_FEW = "--few" in sys.argv  # sanitized programs are slow: one language
folder = tempfile.mkdtemp(prefix="jpki-web-")
DATA = os.path.join(folder, "data")
forms = set() # addresses that results lead to
LANGUAGES = ["ja"] if IS_FEW else ["ja", "en", "ja-easy"]


class Answer:
    def __init__(self, path, accept="application/json", language=""):
        request = urllib.request.Request(service.urls["web"].rstrip("/") + path,
                                         headers={"Accept": accept, "Accept-Language": language})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                self.status, self.headers, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            self.status, self.headers, body = error.code, error.headers, error.read()
        self.body, self.text = body, "" if self.headers["Content-Type"] == "application/pdf" else body.decode()

    def json(self):
        return json.loads(self.text)


def walk(language):
    """Yields (address, data) of every result that the links of the pages lead to."""
    seen, ended, left = set(), set(), [f"/guide?lang={language}"]
    while left:
        address = left.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = Answer(address)
        data = answer.json()
        if answer.status != 200 or ("question" in data) == ("result" in data):
            raise RuntimeError(f"{address}: {answer.status} {answer.text}")
        if "question" in data:
            left += [choice["url"] for choice in data["question"]["choices"]]
            continue
        path = tuple((given["name"], given["word"]) for given in data["answers"])
        if path not in ended: # an address may have answers that are not asked for
            yield address, data
        ended.add(path)
        left += [turn["url"] for turn in data["result"].get("turns", [])]


def statements_of(result):
    return {statement for reason in result["reasons"] for statement in reason["statements"]}


# Words of an address, and what `rules papers` calls the same.
OPTIONS = {"who": "--applicant", "what": "--procedure", "kind": "--kind", "card": "--card-at-hand", "reply-form": "--reply-form"}
# It knows a way through a representation only by the applicant, and has no option for these.
UNKNOWN = {("pin", "never-set"), ("card-stopped", "yes"), ("document-a", "no")}


def rules_say(answers):
    words = {answer["name"]: answer["word"] for answer in answers}
    is_represented = words.get("represented") == "yes"
    if set(words.items()) & UNKNOWN or words.get("reissue", "card-lost") != "card-lost" or \
            (words["who"] != "other" and is_represented != (words["who"] == "legal-representative")):
        return None
    options = [text for name, word in words.items() if name in OPTIONS for text in (OPTIONS[name], word)]
    if "pin" in words:
        options += ["--pin-known", "no" if words["pin"] == "forgotten" else "yes"]
    if words.get("home") == "yes":
        options += ["--at-home"]
    done = subprocess.run([f"{jpkid.BUILD}/jpki", "rules", "papers", "--json", *options], capture_output=True, text=True,
                          env=dict(os.environ, LC_ALL="C.UTF-8"), timeout=30)
    return json.loads(done.stdout)


def contradiction(data):
    """What the page says that the rules do not; "" when they agree, None when they cannot be asked."""
    rules = rules_say(data["answers"])
    result = data["result"]
    if rules is None:
        return None
    if result["is_allowed"] != (rules["decision"] == "yes") or result["reasons"][0]["code"] != rules["reason"]["code"]:
        return f"{result['reasons']} {rules}"
    if not result["is_allowed"]:
        return ""
    papers = [[paper["name"] for paper in visit["papers"]] for visit in result["visits"]]
    same = (papers == [visit for visit in rules["papers"] if visit] and result["yen"] == rules["fee"]
            and result["num_visits"] == rules["visits"] and result["has_letter"] == rules["letter"]
            and result.get("typist", {"name": "nobody"})["name"] == rules["pin-typed-by"])
    return "" if same else f"{result} {rules}"


def denied(data):
    """Papers that are asked for though an answer says that they are not there."""
    answers = {answer["name"]: answer["word"] for answer in data["answers"]}
    papers = {paper["name"] for visit in data["result"].get("visits", []) for paper in visit["papers"]}
    gone = {"card"} if answers.get("card") == "no" else set()
    if answers.get("document-a") == "no":
        gone |= {"representative-document", "proxy-document"}
    return papers & gone


def form_fault(result):
    """What is wrong with the forms that the papers lead to; "" when nothing is."""
    for visit in result.get("visits", []):
        for paper in visit["papers"]:
            if ("form_url" in paper) != (paper["name"] == "form"):
                return f"{paper}: a form, or none?"
            if "form_url" in paper:
                forms.add(paper["form_url"])
    return ""


def check_paths(language):
    num, statements, compared, faults = [0, 0], set(), 0, []
    for address, data in walk(language):
        result = data["result"]
        num[result["is_allowed"]] += 1
        statements |= statements_of(result)
        told = contradiction(data) if language == LANGUAGES[0] and not IS_FEW else None
        compared += told is not None
        if told:
            faults.append(f"{address}: {told}")
        if denied(data):
            faults.append(f"{address}: asks for {denied(data)}, which an answer denied")
        if form_fault(result):
            faults.append(f"{address}: {form_fault(result)}")
        if not result["is_allowed"] and not result["turns"]:
            faults.append(f"{address}: refused, and no way on")
    print(f"# {language}: {sum(num)} paths: {num[1]} with papers, {num[0]} refused, {compared} compared with rules papers")
    tap.check(not faults, f"{language}: every path ends, none contradicts the rules, each refusal leads on", "\n".join(faults[:5]))
    tap.check(num[0] > 100 and num[1] > 200, f"{language}: there are paths of both kinds", num)
    return num, statements


def check_statements(statements):
    """S13 is what a counter sees; S17, S24, S25 and S51 are places, lists and links, which pages show as such."""
    wanted = {f"S{number:02}" for number in range(9, 53)} - {"S13", "S17", "S24", "S25", "S51"}
    tap.check(statements >= wanted, "every statement is on a path", wanted - statements)
    page = Answer("/guide?who=holder&represented=no&what=pin-reset&kind=both&card=yes", "text/html").text
    for text, statement in (("大栄庁舎", "S17"), ("運転免許証", "S24"), ("学生証", "S25"), ("ポータルサイト", "S51")):
        tap.check(text in page, f"{statement} is on a page", page)
    loss = Answer("/guide?who=holder&represented=no&what=loss-report&card=no").json()["result"]
    tap.check(loss["hotlines"] and loss["offices"] and [turn["word"] for turn in loss["turns"]] == ["hold"],
              "who reports a loss is shown whom to call first", loss)
    hold = Answer("/guide?who=holder&represented=no&what=hold", "text/html").text
    tap.check("総合フリーダイヤル" in hold and "0120-95-0178" not in hold, "S39: hotlines, their numbers hidden in the sample", hold)


def test_forms_of_an_answer():
    path = "/guide?who=holder&represented=no&what=new&kind=both&pin=never-set&card=yes"
    page = Answer(path, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    tap.check(page.headers["Content-Type"] == "text/html; charset=utf-8" and "<h1>新規発行</h1>" in page.text, "a browser gets a page", page.text)
    data = Answer(path)
    tap.check(data.headers["Content-Type"] == "application/json" and data.json()["result"]["procedure"] == "new", "a program gets its data", data.text)
    tap.check(not {"page", "languages", "assets_url"} & set(data.json()), "and nothing of the page's frame", data.text)
    for language, title in (("en-GB,en;q=0.9", "Guide to the procedures"), ("fr, en;q=0.3", "Guide to the procedures"),
                            ("ja", "手続きの案内"), ("fr", "手続きの案内"), ("", "手続きの案内"), (",;-, ,", "手続きの案内")):
        tap.check(Answer("/guide", language=language).json()["title"] == title, f"language {language!r}: {title}")
    tap.check(Answer("/guide?lang=en", language="ja").json()["title"] == "Guide to the procedures", "the address wins")
    tap.check(Answer("/guide?lang=xx", language="en").json()["title"] == "Guide to the procedures", "a language that is none is passed over")


def test_later_answers_are_kept():
    """An answer is changed; those behind it stay where they are asked still."""
    data = Answer("/guide?who=holder&represented=no&what=new&kind=both&pin=known&card=yes").json()
    kind = next(answer for answer in data["answers"] if answer["name"] == "kind")
    asked = Answer(kind["change_url"]).json()
    tap.check(asked["question"]["name"] == "kind", "the question is asked again", asked)
    changed = Answer(asked["question"]["choices"][0]["url"]).json()
    tap.check([answer["word"] for answer in changed.get("answers", [])] == ["holder", "no", "new", "signature", "known", "yes"]
              and "result" in changed, "the others stay", changed)


def test_refusals():
    for path, status in (("/guide?who=nobody", 400), ("/%FF", 404),
                         ("/guide?who=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", 400), ("/guide/", 404), ("/nothing", 404),
                         ("/assets/", 404), ("/assets/0000000000000000/style.css", 404), ("/assets/style.css", 404),
                         ("/%3Cscript%3E", 404)):
        page = Answer(path, "text/html")
        tap.check(page.status == status and "<script" not in page.text and "<h1>" in page.text + "<h1>" * ("/assets/" in path),
                  f"{path}: {status}", page.text)
    for path in ("//evil.example/x", "/%2fevil.example", "/%FF", "/%3Fx=1", "/a/b"):
        page = Answer(path, "text/html").text
        links = re.findall(r' href="([^"]*)"', page)
        tap.check(page.count("hreflang") == 3 and all(re.match(r"(/|/guide)\?|/assets/|#", link) for link in links), f"{path}: links lead nowhere else", page)
    empty = Answer("/guide?who=holder&represented=no&what=")
    tap.check(empty.status == 200 and empty.json()["question"]["name"] == "what", "an empty answer is none", empty.text)
    both = Answer("/guide?who=holder&who=proxy")
    tap.check(both.status == 200 and both.json()["question"]["name"] == "who", "an answer that stands there twice is none", both.text)
    long = Answer("/guide?who=" + "a" * 3000)
    tap.check(long.status == 200 and "aaa" not in long.text, "nor is one that is too long", long.text)
    evil = Answer("/guide?lang=%3Cb%3E&x=%3Cb%3E", "text/html")
    tap.check(evil.status == 200 and "<b>" not in evil.text and "&lt;b&gt;" not in evil.text, "what no question asks for is not repeated", evil.text)


def test_headers():
    for path in ("/", "/guide", "/nothing"):
        headers = Answer(path, "text/html").headers
        policy = headers["Content-Security-Policy"]
        tap.check(policy == POLICY, f"{path}: no script at all", policy)
        tap.check(headers.get_all("X-Content-Type-Options") == ["nosniff"] and headers["Referrer-Policy"] == "no-referrer"
                  and headers["Vary"] == "Accept, Accept-Language" and not headers["Set-Cookie"], f"{path}: headers, no cookie", headers)


def test_forms():
    wanted = {f"/form/{name}.pdf" for name in ("issue", "revoke", "card-lost", "release", "release-card", "pin", "stay")}
    tap.check(forms == wanted, "the paths lead to every form", forms ^ wanted)
    for path in sorted(wanted | {"/form/card-pin.pdf"}): # that one no path leads to: it is asked for by those who know
        form = Answer(path, "text/html,application/xhtml+xml")
        name = os.path.basename(path)
        tap.check(form.status == 200 and form.headers["Content-Type"] == "application/pdf" and form.body.startswith(b"%PDF-")
                  and form.headers["Content-Disposition"] == f'inline; filename="form-{name}"', f"{path} is a PDF", form.headers)
        done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=form.body, capture_output=True, timeout=20)
        tap.check("見本／SAMPLE" in re.sub(r"\s", "", done.stdout.decode()), f"{path}: marked, as the town is a sample", done)
    page = Answer("/guide?who=holder&represented=no&what=pin-reset&kind=both&card=yes", "text/html").text
    tap.check('<a class="print" href="/form/pin.pdf">様式を印刷する（PDF）</a>' in page, "a page leads to its form", page)
    for path in ("/form/", "/form/none.pdf", "/form/issue", "/form/issue.pdf/", "/form/../form/x.pdf", "/form/ISSUE.pdf"):
        refused = Answer(path, "text/html")
        tap.check(refused.status == 404 and "<h1>" in refused.text, f"{path}: there is none", refused.text)


def test_assets():
    page = Answer("/guide", "text/html").text
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    tap.check(len(sheets) == 3, "a page has three style sheets", page)
    for sheet in sheets:
        answer = Answer(sheet, "text/css")
        tap.check(answer.status == 200 and answer.headers["Content-Type"] == "text/css; charset=utf-8"
                  and "immutable" in answer.headers["Cache-Control"], f"{os.path.basename(sheet)} may be kept for ever", answer.headers)
        outside = re.findall(r"(?:@import|url\(['\"]?(?:https?:)?//)", answer.text)
        tap.check(not outside, f"{os.path.basename(sheet)} asks for nothing elsewhere", outside)


def test_without_drawing():
    """web's program for forms is not there, or ends late: web says so, and nothing else stops."""
    alone = os.path.join(folder, "jpkid")
    shutil.copy(jpkid.PROGRAM, alone)
    before, jpkid.PROGRAM = jpkid.PROGRAM, alone
    drawing = os.path.join(folder, "jpkid-forms")
    try:
        for script, words in (("", "without its program"), ("#!/bin/sh\nsleep 1\n", "with one that ends late")):
            if script:
                with open(drawing, "w") as file:
                    file.write(script)
                os.chmod(drawing, 0o755)
            with jpkid.Service(DATA, "--web", "127.0.0.1:0") as lonely:
                end = time.monotonic() + 10
                while "web ended" not in lonely.said() and time.monotonic() < end:
                    time.sleep(0.1)
                said = lonely.said()
                tap.check("jpkid-forms : drawing : the program sends no more of them" in said, f"{words} web says which one", said)
                tap.check(lonely.is_ready and "the other processes answer" in said and {"signer", "commit", "status"} <= set(lonely.roles()),
                          f"{words}: the others serve", said)
    finally:
        jpkid.PROGRAM = before
    done = subprocess.run([f"{jpkid.BUILD}/jpkid-forms"], capture_output=True, text=True)
    tap.check(done.returncode == 64 and "jpkid serve alone" in done.stderr, "nobody else starts it", done)


try:
    code, errors = jpkid.init(DATA)
    tap.check(code == 0, "init", errors)
    with jpkid.Service(DATA, "--web", "127.0.0.1:0") as service:
        tap.check(service.is_ready, "serves", service.said())
        counts = {language: check_paths(language) for language in LANGUAGES}
        tap.check(len({str(num) for num, _ in counts.values()}) == 1, "the same paths in each language", counts)
        check_statements(counts["ja"][1])
        test_forms_of_an_answer()
        test_later_answers_are_kept()
        test_refusals()
        test_headers()
        test_forms()
        test_assets()
    test_without_drawing()
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
