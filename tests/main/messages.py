#!/usr/bin/python3
"""What a newcomer meets first: help at each level, and messages that say what to do next."""
import os
import tempfile

from command_line import check, run, tap

# arguments, exit status, what stdout begins with (None: nothing is there), what stderr has
ROWS = [
    ("--help", 0, "usage: jpki COMMAND", ""),
    ("", 64, None, "usage: jpki COMMAND"),
    ("--version", 0, "jpki (OpenJPKI) ", ""),
    ("--versions", 64, None, "--versions: no such command"),
    ("card --help", 0, "usage: jpki COMMAND [OPTION]…\n  card make", ""),
    ("card", 64, None, "  card show"),
    ("counter bogus", 64, None, "counter bogus: no such command (jpki counter --help lists them)"),
    ("bogus", 64, None, "bogus: no such command (jpki --help lists them)"),
    ("sign --help", 0, "usage: jpki sign [OPTION]… [ARGUMENT]…\n", ""),
    ("card make --help", 0, "usage: jpki card make", ""),
    ("sign --colour", 64, None, "--colour: no such option"),
    ("sign --output a.p7s --output b.p7s letter", 64, None, "--output is given twice"),
    ("rules fee --reason x", 64, None, "--reason x: no such word (jpki(1) lists them)"),
    ("counter find --socket {none} --resident 1001", 2, None, "jpkid : it does not serve there; --socket"),
    ("admin clock", 64, None, "clock: arguments needed: 1, given: 0"),
]


def check_row(none, arguments, status, begin, message):
    result = run(*arguments.format(none=none).split(), locale="C.UTF-8")
    wrong = ""
    if result.returncode != status:
        wrong = f"exit {result.returncode}, not {status}: {result.stderr}"
    elif not result.stdout.startswith(begin) if begin else result.stdout:
        wrong = f"stdout: {result.stdout}"
    elif message not in result.stderr:
        wrong = f"stderr: {result.stderr}"
    check(f"jpki {arguments}".strip(), wrong)


def check_japanese():
    result = run("sign", "--help", locale="ja_JP.UTF-8")
    check("help in Japanese", "" if result.stdout.startswith("使い方: jpki sign") else result.stdout)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for row in ROWS:
            check_row(os.path.join(folder, "none"), *row)
    check_japanese()
    tap.end()


main()
