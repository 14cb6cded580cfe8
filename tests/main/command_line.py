"""Running a program of the build folder, and speaking TAP."""
import os
import subprocess

BUILD = os.environ.get("JPKI_BUILD", "build")
failed = 0
number = 0


def run(*arguments, text="", locale="C"):
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("LC_ALL", "LC_MESSAGES", "LANG")}
    environment["LC_ALL"] = locale
    return subprocess.run([os.path.join(BUILD, "jpki"), *arguments], input=text, text=True,
                          capture_output=True, env=environment)


def check(name, wrong):
    """One TAP line; wrong is empty, or says what is wrong."""
    global failed, number
    number += 1
    failed += bool(wrong)
    print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
    for line in str(wrong or "").splitlines():
        print(f"# {line}")


def page_saw(statements, rule, accepted):
    """As in tests/check.h, for page coverage."""
    path = os.environ.get("JPKI_PAGE_LOG")
    if path:
        with open(path, "a", encoding="utf-8") as log:
            log.write(f"{statements}\t{rule}\t{'accepted' if accepted else 'refused'}\tguide\n")


def finish():
    print(f"1..{number}")
    return 1 if failed else 0
