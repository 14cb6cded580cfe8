#!/usr/bin/python3
"""jpki guide: walks the dialogue with piped answers, every choice of every question. Each path ends,
with an answer, and none contradicts `jpki rules papers`."""
import json
import os
import re
import sys

from command_line import check, page_saw, run, tap

APPLICANTS = ["holder", "legal-representative", "proxy", "other"]
PROCEDURES = ["new", "renewal", "change-reissue", "stay-extended", "pin-reset", "pin-change", "hold",
              "loss-report", "release", "revoke", "card-abolish", "card-reissued"]
KINDS = ["signature", "authentication", "both"]
IS_FEW = "--few" in sys.argv  # sanitized programs start slowly: the holder's paths only
# How each question begins, and the fact that it asks for.
QUESTIONS = {"Who": "applicant", "Is the holder": "represented", "What": "procedure",
             "Which": "kind", "Is the PIN": "pin", "Is the My Number": "card", "Are a": "home",
             "Does the one": "document", "Is the reply": "reply", "Was": "stopped", "Why": "fee"}


def questions_in(text):
    """(name, number of choices) of each question of a dialogue."""
    found = []
    for block in re.split(r"\n\n|> \n|> $", text):
        name = next((QUESTIONS[begin] for begin in QUESTIONS if block.startswith(begin)), None)
        if name:
            found.append((name, len(re.findall(r"^  \d+\) ", block, re.M))))
    return found


NUM_BASE = 3  # who, under 15 or a ward, what: all combinations; of the rest one differs at a time


def walk(answers=()):
    """Yields (facts, result) for the path that begins with these answers, the rest being 1, and for
    those that branch off behind them."""
    result = run("guide", "--json", text="".join(f"{answer}\n" for answer in answers) + "1\n" * 20)
    questions = questions_in(result.stderr)
    path = answers + (1,) * (len(questions) - len(answers))
    yield {name: answer for (name, _), answer in zip(questions, path)}, result
    for at in range(len(answers), len(questions)):
        if any(answer != 1 for answer in path[NUM_BASE:at]):
            break
        for answer in range(2, questions[at][1] + 1):
            yield from walk(path[:at] + (answer,))


def papers(facts):
    """What `rules papers` says of the same facts; None where it has no option for one of them."""
    if facts.get("pin") == 3 or facts.get("document") == 2 or facts.get("stopped") == 1 or facts.get("fee", 1) != 1:
        return None
    is_represented = facts.get("represented", 2) == 1
    if is_represented != (APPLICANTS[facts["applicant"] - 1] == "legal-representative"):
        return None
    arguments = ["--procedure", PROCEDURES[facts["procedure"] - 1], "--applicant",
                 APPLICANTS[facts["applicant"] - 1]]
    if "kind" in facts:
        arguments += ["--kind", KINDS[facts["kind"] - 1]]
    if "pin" in facts:
        arguments += ["--pin-known", "no" if facts["pin"] == 2 else "yes"]
    if "card" in facts:
        arguments += ["--card-at-hand", "no" if facts["card"] == 2 else "yes"]
    if "reply" in facts:
        arguments += ["--reply-form", "no" if facts["reply"] == 2 else "yes"]
    if facts.get("home") == 1:
        arguments += ["--at-home"]
    return run("rules", "papers", "--json", *arguments)


def check_paths():
    num = {0: 0, 1: 0}
    compared = 0
    for facts, result in walk((1, 2) if IS_FEW else ()):
        answer = json.loads(result.stdout)
        if result.returncode not in num or not answer["reason"]["sentence"]:
            return f"{facts}: exit {result.returncode} {result.stderr}"
        num[result.returncode] += 1
        rules = papers(facts)
        if rules is None:
            continue
        compared += 1
        if rules.returncode != result.returncode or rules.stdout != result.stdout:
            return f"{facts}: {result.stdout} but rules papers: {rules.stdout}"
    print(f"# {num[0]} paths with papers, {num[1]} refused, {compared} compared")
    least = 5 if IS_FEW else 60
    return None if min(num[0], num[1], compared) > least else f"{num} {compared}"


def check_japanese():
    result = run("guide", text="1\n2\n2\n3\n2\n1\n", locale="ja_JP.UTF-8")
    for wanted in ("見本／SAMPLE", "更新", "北条支所", "手数料: 0円", "A又はBを1点", "S23",
                   "マイナンバーカード総合サイト（電子証明書の更新について）"):
        if wanted not in result.stdout:
            return f"without {wanted}: {result.stdout}"
    return None if result.returncode == 0 else result.stderr


def check_numbers_hidden():
    text = run("guide", text="1\n2\n7\n").stdout + run("guide", text="1\n2\n2\n3\n1\n1\n").stdout
    for number in ("0120-95-0178", "0570-783-578", "37-5866", "36-3111"):
        if number in text:
            return f"{number} is shown"
    return None if "number hidden" in text else text


def check_places():
    """Offices for a visit, hotlines for a call, a link only where the page has it."""
    renewal = run("guide", text="1\n2\n2\n3\n1\n1\n", locale="ja_JP.UTF-8").stdout
    hold = run("guide", text="1\n2\n7\n", locale="ja_JP.UTF-8").stdout
    for text, place, statement, wanted in [
            (renewal, "大栄庁舎", "S17", True), (renewal, "北条支所", "S17", True),
            (hold, "大栄庁舎", "S17", False), (hold, "総合フリーダイヤル", "S39", True),
            (renewal, "総合フリーダイヤル", "S39", False), (renewal, "ポータルサイト", "S51", True),
            (renewal, "更新について", "S51", True), (hold, "更新について", "S51", False),
            (hold, "紛失・盗難について", "S51", True), (renewal, "紛失・盗難について", "S51", False)]:
        page_saw(statement, "places", place in text)
        if (place in text) != wanted:
            return f"{place}: {text}"
    return None


def check_refused_says_what_instead():
    result = run("guide", text="1\n2\n2\n3\n1\n2\n")
    return None if result.returncode == 1 and "call for a hold" in result.stdout else result.stdout


def check_asks_again():
    result = run("guide", text="\n0\n5\nx\n1 \n99999999999999999999999\n1\n2\n7\n")
    return None if result.returncode == 0 and result.stdout.count("1 to 4") == 6 else result.stdout


def check_bad_offices():
    result = run("guide", "--offices", "/dev/null", text="1\n2\n7\n")
    if result.returncode != 0:
        return result.stderr
    result = run("guide", "--offices", os.path.abspath(__file__), text="1\n2\n7\n")
    return None if result.returncode == 2 and "line" in result.stderr else result.stderr


def main():
    check("every path ends, none contradicts rules papers", check_paths())
    check("speaks Japanese", check_japanese())
    check("hides the numbers of the sample town", check_numbers_hidden())
    check("names offices, hotlines and links where they belong", check_places())
    check("says what to do instead of what is refused", check_refused_says_what_instead())
    check("asks again after nonsense", check_asks_again())
    check("refuses a malformed file of offices", check_bad_offices())
    tap.end()


main()
