#!/usr/bin/python3
"""The program that draws lives as long as web: when it ends, web begins anew with a new one, and nobody else does."""
import os
import shutil
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import jpkid  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
folder = tempfile.mkdtemp(prefix="jpki-papers-")
DATA = os.path.join(folder, "data")
SECONDS = 30


def wait_until(condition):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def drawing_of(web):
    """The process that draws for this one; None when there is none."""
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
            if parent == web and jpkid.words_of(entry)[0] == b"jpkid-forms":
                return int(entry)
        except (OSError, IndexError):
            continue
    return None


def is_there(pid):
    try:
        return jpkid.words_of(pid)[0] == b"jpkid-forms"
    except OSError:
        return False


def has_form(service):
    try:
        with urllib.request.urlopen(service.urls["web"].rstrip("/") + "/form/card-pin.pdf", timeout=5) as answer:
            return answer.read().startswith(b"%PDF-")
    except (OSError, urllib.error.URLError):
        return False


def test_ends(service):
    roles = service.roles()
    drawing = drawing_of(roles["web"])
    tap.check(drawing is not None and has_form(service), "a program draws for web")
    os.kill(drawing, signal.SIGKILL)
    tap.check(wait_until(lambda: service.roles().get("web") not in (None, roles["web"])), "it ends: web begins anew", service.said())
    tap.check("drawing : jpkid-forms ended or was too late" in service.said(), "and said why", service.said())
    tap.check(wait_until(lambda: drawing_of(service.role("web")) not in (None, drawing) and has_form(service)), "with another one", service.said())
    now = service.roles()
    tap.check(all(now[name] == roles[name] for name in roles if name != "web"), "all others stay", f"{roles} {now}")


def test_does_not_outlive(service):
    web = service.role("web")
    drawing = drawing_of(web)
    os.kill(web, signal.SIGKILL)
    tap.check(drawing is not None and wait_until(lambda: not is_there(drawing)), "it does not outlive its web")
    tap.check(wait_until(lambda: has_form(service)), "the next web has its own", service.said())
    return drawing_of(service.role("web"))


try:
    code, errors = jpkid.init(DATA)
    tap.check(code == 0, "init", errors)
    with jpkid.Service(DATA, "--web", "127.0.0.1:0") as service:
        tap.check(service.is_ready, "serves", service.said())
        test_ends(service)
        last = test_does_not_outlive(service)
    tap.check(last is not None and wait_until(lambda: not is_there(last)), "nor the service")
finally:
    shutil.rmtree(folder, ignore_errors=True)
tap.end()
