#!/usr/bin/python3
"""README.md holds what it says: its `build/jpki` commands run and their first line is the one noted
behind #; the make targets, folders and files that it names are there; it stays short. README.ja.md has
the same commands, and names the same things in the same order."""
import os
import re
import shlex

from command_line import check, run, tap

SOURCE = os.environ["JPKI_SOURCE"]
MOST_LINES = 150
STATUS_OF_FIRST_LINE = {"no": 1, "invalid": 1, "unknown": 2, "cannot-tell": 2}
# answers for `jpki guide`: the holder, who is neither a child nor a ward; then the first of each
ANSWERS = "1\n2\n" + "1\n" * 20


def read(name):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return file.read()


def is_line(line, noted):
    """What is noted ends with … where the line goes on."""
    return line.startswith(noted[:-1].strip()) if noted.endswith("…") else line == noted


def check_command(line):
    command, _, first = line.partition("#")
    first = first.strip()
    result = run(*shlex.split(command)[1:], text=ANSWERS, locale="C.UTF-8")
    status = STATUS_OF_FIRST_LINE.get(first, 0)
    wrong = ""
    if result.returncode != status:
        wrong = f"exit {result.returncode}, not {status}: {result.stderr}"
    elif first and not is_line(result.stdout.splitlines()[0], first):
        wrong = f"the first line is {result.stdout.splitlines()[0]!r}"
    check(command.strip(), wrong)


def main():
    text = read("README.md")
    check(f"under {MOST_LINES} lines", "" if text.count("\n") < MOST_LINES else text.count("\n"))
    blocks = "".join(re.findall(r"^```\n(.*?)^```$", text, re.M | re.S))
    commands = re.findall(r"^build/jpki .*$", blocks, re.M)
    check("it has commands to try", "" if len(commands) >= 5 else commands)
    for line in commands:
        check_command(line)
    targets = set(re.findall(r"^([a-z-]+)(?: [a-z -]+)?:", read("Makefile"), re.M))
    targets |= set(re.search(r"^\.PHONY: (.*)$", read("Makefile"), re.M)[1].split())
    for target in sorted(set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.M))):
        check(f"make {target} is a target", "" if target in targets else targets)
    for path in sorted(set(re.findall(r"`((?:src|tools|docs|etc|man)/[\w./-]*[\w/]|[A-Z]+\.md)`", text))):
        check(f"{path} is there", "" if os.path.exists(os.path.join(SOURCE, path)) else "it is not")
    japanese = read("README.ja.md")
    for what, pattern in (("commands", r"^```\n(.*?)^```$"), ("headings", r"^#+ ()"), ("rows", r"^\| (`[^|]*`) \|")):
        ours, theirs = (re.findall(pattern, one, re.M | re.S) for one in (text, japanese))
        check(f"README.ja.md has the same {what}", "" if ours and ours == theirs else f"{ours} {theirs}")
    tap.end()


main()
