"""Running jpki of the build folder, and telling what it is found to do."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import Tap  # noqa: E402

BUILD = os.environ.get("JPKI_BUILD", "build")
tap = Tap()


def run(*arguments, text="", locale="C"):
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("LC_ALL", "LC_MESSAGES", "LANG")}
    environment["LC_ALL"] = locale
    return subprocess.run([os.path.join(BUILD, "jpki"), *arguments], input=text, text=True,
                          capture_output=True, env=environment, timeout=60)


def check(name, wrong):
    """One case; wrong is empty, or says what is wrong."""
    tap.check(not wrong, name, wrong)


def page_saw(statements, rule, accepted):
    """As in tests/check.h, for page coverage."""
    path = os.environ.get("JPKI_PAGE_LOG")
    if path:
        with open(path, "a", encoding="utf-8") as log:
            log.write(f"{statements}\t{rule}\t{'accepted' if accepted else 'refused'}\tguide\n")
