#!/usr/bin/python3
"""jpki rules: exit status, first line, statements, JSON, the same decision in every locale."""
import json
import sys
import tempfile

from command_line import check, run, tap

# arguments, exit status, first line (None: nothing on stdout), what stdout or stderr also has
ROWS = [
    ("validity --kind authentication --issued 2025-10-27 --born 1955-02-17", 0, "2030-02-17", "S08"),
    ("validity --kind signature --issued 2026-01-01 --born 1990-01-01", 0, "2031-01-01", "S08"),
    ("validity --kind authentication --issued 2026-01-01 --born 1990-01-01 "
     "--authentication-until 2027-01-01", 0, "2031-01-01", "S08"),
    ("validity --kind signature --issued 2026-01-01 --born 1990-01-01 "
     "--authentication-until 2027-01-01", 0, "2027-01-01", "S08"),
    ("validity --kind signature --issued 2026-01-01 --born 1990-01-01 --card-until 2026-12-31 "
     "--renewal", 0, "2026-12-31", "would not move it"),
    ("validity --kind signature --issued 2026-01-01 --born 2020-01-01", 0, "2031-01-01", "S08"),
    ("validity --kind signature --issued 2026-01-01 --born 1955-02-00", 2, "unknown", "S08"),
    ("validity --kind signature --issued 2026-01-01 --born 0000-00-00", 2, "unknown", "S08"),
    ("validity --kind signature --issued 2026-01-01 --born 1990-01-01 --card-until 2025-12-31", 1,
     "no", "S14"),
    ("validity --kind signature --issued 2026-02-29 --born 1990-01-01", 64, None, "2026-02-29"),
    ("validity --kind signature --issued 2026-01-01 --born 1990-13-01", 64, None, "1990-13-01"),
    ("validity --kind signature --issued 20260101 --born 1990-01-01", 64, None, "20260101"),
    ("validity --kind seal --issued 2026-01-01 --born 1990-01-01", 64, None, "seal"),
    ("validity --kind signature --born 1990-01-01", 64, None, "--issued"),
    ("validity --kind signature --issued 2026-01-01 --born 1990-01-01 more", 64, None, "more"),
    ("validity --kind signature --issued 2026-01-01 --born", 64, None, "--born"),
    ("validity --colour red", 64, None, "--colour"),
    ("window --until 2030-02-17", 0, "2029-11-18", "S11"),
    ("window --until 2030-05-31", 0, "2030-03-01", "S11"),
    ("window --until 2030-02-17 --card-until 2030-02-17", 0, "2029-11-18", "gains nothing"),
    ("window --until 2030-02-30", 64, None, "2030-02-30"),
    ("window --until 0001-01-01", 64, None, "--until 0001-01-01"),
    ("window --until 0001-06-01", 0, "0001-03-02", "S11"),
    ("validity --kind signature --issued 9998-01-01 --born 1990-01-01", 64, None, "--issued 9998-01-01"),
    ("validity --kind signature --issued 9994-01-01 --born 1990-01-01", 0, "9999-01-01", "S08"),
    ("window", 64, None, "--until"),
    ("eligible --kind signature --born 2011-11-22 --on 2026-11-22", 0, "yes", "S15"),
    ("eligible --kind signature --born 2011-11-23 --on 2026-11-22", 1, "no", "S15"),
    ("eligible --kind authentication --born 2011-11-23 --on 2026-11-22", 1, "no", "S16"),
    ("eligible --kind signature --born 2030-01-01 --on 2026-11-22", 1, "no", "the birth date lies behind"),
    ("eligible --kind authentication --born 2011-11-23 --on 2026-11-22 "
     "--applicant legal-representative", 0, "yes", "S16"),
    ("eligible --kind authentication --born 2011-11-23 --on 2026-11-22 --applicant proxy", 1, "no",
     "S16"),
    ("eligible --kind signature --born 1960-01-01 --on 2026-11-22 --adult-ward", 1, "no", "S15"),
    ("eligible --kind signature --born 1960-01-01 --on 2026-11-22 --not-resident", 1, "no", "S14"),
    ("eligible --kind signature --born 1960-01-01 --on 2026-11-22 --card-until 2026-11-21", 1, "no",
     "S14"),
    ("eligible --kind signature --born 1955-02-00 --on 2026-11-22", 0, "yes", "S15"),
    ("eligible --kind signature --born 2011-11-00 --on 2026-11-22", 2, "unknown", "S15"),
    ("eligible --kind signature --born 1960-01-01", 64, None, "--on"),
    ("eligible --kind signature --born 1960-01-01 --on 2026-11-22 --applicant aunt", 64, None,
     "aunt"),
    ("fee --reason new", 0, "0", "S19"),
    ("fee --reason renewal", 0, "0", "S19"),
    ("fee --reason changed", 0, "0", "S12"),
    ("fee --reason found", 0, "0", "S45"),
    ("fee --reason stay-extended", 0, "0", "S19"),
    ("fee --reason card-lost", 0, "200", "S19"),
    ("fee --reason card-damaged", 0, "200", "S19"),
    ("fee --reason card-lapsed", 0, "200", "S19"),
    ("fee --reason card-stolen", 0, "0", "S19"),
    ("fee --reason card-faulty", 0, "0", "S19"),
    ("fee --reason card-full", 0, "0", "S19"),
    ("fee --reason disaster", 0, "0", "S19"),
    ("fee --reason whim", 64, None, "whim"),
    ("fee --reason card-lost --reason new", 64, None, "--reason is given twice"),
    ("event --event moved-within --on 2026-11-22", 0,
     "signature: revoked 2026-11-22 affiliationChanged S09 S12", "authentication: unchanged"),
    ("event --event moved-within --on 2026-11-22 --kind signature", 64, None, "--kind"),
    ("event --event renewed", 64, None, "--kind"),
    ("event --event holder-asks", 64, None, "--kind"),
    ("event --event authority-compromised", 64, None, "--kind"),
    ("event --event renewed --kind both --on 2026-11-22", 0,
     "signature: superseded 2026-11-22 superseded S11", "authentication: superseded"),
    ("event --event holder-asks --kind authentication --on 2026-11-22", 0, "signature: unchanged",
     "authentication: revoked 2026-11-22 cessationOfOperation S41"),
    ("event --event lost-phoned --on 2026-11-22", 0,
     "signature: held 2026-11-22 certificateHold S38", "card: stopped 2026-11-22"),
    ("event --event card-stolen --on 2026-11-22", 0,
     "signature: held 2026-11-22 certificateHold S37", "card: stopped 2026-11-22"),
    ("event --event found --signature-state held --authentication-state held --card-state stopped "
     "--on 2026-11-22", 0, "signature: revoked the time of the hold keyCompromise S43",
     "authentication: released 2026-11-22"),
    ("event --event found --signature-state held --authentication-state revoked "
     "--held-since 2026-11-01T10:00:00Z --on 2026-11-22", 0,
     "signature: revoked 2026-11-01T10:00:00Z keyCompromise S43", "authentication: unchanged"),
    ("event --event died --signature-state expired --authentication-state none --card-state void",
     0, "signature: unchanged", "card: unchanged"),
    ("event --event left-abroad --on 2026-11-22 --effective 2026-12-01", 0,
     "signature: revoked 2026-12-01 cessationOfOperation policy", "card: void 2026-12-01"),
    ("event --event flood", 64, None, "flood"),
    ("event --event died --signature-state sleeping", 64, None, "sleeping"),
    ("event --event died --card-state held", 64, None, "held"),
    ("event --event died --on 2026-11-31", 64, None, "2026-11-31"),
    ("event --event died --held-since yesterday", 64, None, "yesterday"),
    ("event", 64, None, "--event"),
    ("papers --procedure new --applicant holder", 0, "card form", "S21"),
    ("papers --procedure new --applicant holder --pin-known no", 0, "card form document", "S23"),
    ("papers --procedure new --applicant proxy", 0,
     "form proxy-document / form reply mandate sealed-pin card proxy-document", "S27"),
    ("papers --procedure renewal --applicant proxy --reply-form yes", 0,
     "card form notice-reply mandate proxy-document", "S29"),
    ("papers --procedure new --applicant legal-representative", 0,
     "card form representative-document standing", "S16"),
    ("papers --procedure new --applicant legal-representative --kind signature", 1, "no", "S15"),
    ("papers --procedure renewal --applicant holder --card-at-hand no", 1, "no", "S21"),
    ("papers --procedure pin-change --applicant holder --at-home", 0, "card reader client", "S48"),
    ("papers --procedure pin-change --applicant proxy", 1, "no", "S47"),
    ("papers --procedure hold --applicant holder --card-at-hand no", 0, "none", "S38"),
    ("papers --procedure loss-report --applicant holder", 0, "form document-or-two police-number",
     "S37"),
    ("papers --procedure new --applicant holder --pin-known maybe", 64, None, "maybe"),
    ("papers --procedure magic --applicant holder", 64, None, "magic"),
    ("papers --applicant holder", 64, None, "--procedure"),
    ("nonsense", 64, None, "rules"),
]


# Sanitized programs start slowly: there, what is asked of every row is asked of a few.
SOME = ROWS[::6] if "--few" in sys.argv else ROWS


def check_row(arguments, status, first, also):
    result = run("rules", *arguments.split())
    line = result.stdout.split("\n")[0]
    if result.returncode != status:
        return f"exit {result.returncode}, not {status}: {result.stderr}"
    if first is None and result.stdout:
        return f"stdout: {result.stdout}"
    is_event = arguments.startswith("event")
    if first is not None and not (line.startswith(first) if is_event else line == first):
        return f"first line: {line}"
    if also not in result.stdout + result.stderr:
        return f"without {also}: {result.stdout}{result.stderr}"
    if status in (1, 2, 64) and not result.stderr.startswith("jpki: "):
        return f"stderr: {result.stderr}"
    if is_event and status == 0 and len(result.stdout.splitlines()) != 3:
        return f"not three lines: {result.stdout}"
    return None


def decision_of(arguments, result):
    """What must not depend on the locale."""
    lines = result.stdout.splitlines()
    return [" ".join(line.split()[:2]) for line in lines] if arguments.startswith("event") else lines[:1]


def check_locales():
    for arguments, status, *_ in SOME:
        english = run("rules", *arguments.split())
        japanese = run("rules", *arguments.split(), locale="ja_JP.UTF-8")
        if japanese.returncode != status or \
                decision_of(arguments, english) != decision_of(arguments, japanese):
            return f"{arguments}: {japanese.stdout}"
        if status == 1 and english.stderr == japanese.stderr:
            return f"{arguments}: no Japanese reason"
    return None


def check_json():
    for arguments, status, first, *_ in SOME:
        if status == 64 or arguments.startswith("event"):
            continue
        result = run("rules", *arguments.split(), "--json")
        answer = json.loads(result.stdout)
        wanted = "yes" if arguments.startswith("papers") and status == 0 else first
        if result.returncode != status or answer["decision"] != wanted:
            return f"{arguments}: {result.stdout}"
        if not answer["reason"]["code"] or not answer["reason"]["statements"]:
            return f"{arguments}: {result.stdout}"
    return None


def check_json_event():
    answer = json.loads(run("rules", "event", "--event", "found", "--signature-state", "held",
                            "--authentication-state", "held", "--held-since",
                            "2026-11-01T10:00:00Z", "--on", "2026-11-22", "--json").stdout)
    signature = answer["signature"]
    if (signature["outcome"], signature["effective"], signature["reason-code"]) != \
            ("revoked", "2026-11-01T10:00:00Z", "keyCompromise"):
        return str(signature)
    return None if answer["authentication"]["outcome"] == "released" and "reason-code" not in \
        answer["authentication"] else str(answer)


def check_policy():
    with tempfile.NamedTemporaryFile("w", suffix=".policy") as file:
        file.write("renewal-birthdays = 6\nevent.died = ends unchanged void\nfee-disaster = 200\n")
        file.flush()
        policy = ["--policy", file.name]
        renewed = run("rules", "validity", "--kind", "signature", "--issued", "2025-12-01", "--born",
                      "1990-01-01", "--renewal", *policy)
        died = run("rules", "event", "--event", "died", *policy)
        fee = run("rules", "fee", "--reason", "disaster", *policy)
    if not renewed.stdout.startswith("2031-01-01\n"):
        return renewed.stdout
    if not died.stdout.startswith("signature: ends ") or not fee.stdout.startswith("200\n"):
        return died.stdout + fee.stdout
    return None


def check_bad_policy():
    for text, wanted in [("renewal-birthdays = 9\n", "renewal-birthdays : line 1"),
                         ("found = released\n", "known key : line 1"),
                         ("event.moved-within = unchanged unchanged unchanged\n", "the page")]:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(text)
            file.flush()
            result = run("rules", "fee", "--reason", "new", "--policy", file.name)
            if result.returncode != 2 or result.stdout or file.name not in result.stderr or \
                    wanted not in result.stderr:
                return f"{text}: {result.returncode} {result.stdout}{result.stderr}"
    result = run("rules", "fee", "--reason", "new", "--policy", "/nowhere")
    return None if result.returncode == 2 else result.stderr


def main():
    for row in ROWS:
        check("rules " + row[0], check_row(*row))
    check("the decision is the same in every locale", check_locales())
    check("--json carries decision, reason and statements", check_json())
    check("--json carries the three outcomes of an event", check_json_event())
    check("--policy changes what the page leaves open", check_policy())
    check("--policy refuses a malformed file", check_bad_policy())
    tap.end()


main()
