#!/usr/bin/python3
"""The agent in a real browser: starts a card, an agent and two relying sites for browser.mjs, which does the walking.
One site knows the agent as localhost, so that to the browser it is another site than the agent; the other one as
127.0.0.1. --pictures FOLDER keeps what it saw."""
import os
import shutil
import subprocess
import sys
import tempfile

from resident import PIN, Agent, free_port, make_cards, pcscd
from tap import skip_all

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
if not all(map(shutil.which, ("node", "chromium"))) or not os.path.isdir(f"{SOURCE}/pages/node_modules/playwright-core"):
    skip_all("node, chromium or the packages of pages/ are not here")
gone = pcscd.missing("openssl")
if gone:
    skip_all(f"{gone} is not installed")
pcscd.enter()
from relying import Authority, Site  # noqa: E402

words = sys.argv[1:]
folder = tempfile.mkdtemp(prefix="jpki-agent-browser-")
pictures = words[words.index("--pictures") + 1] if "--pictures" in words else f"{folder}/pictures"
os.makedirs(pictures, exist_ok=True)


def play(authority, port):
    sites = [Site("--authority", authority.path("authority.pem"), "--crl", authority.path("list.crl"), "--agent", f"{name}:{port}")
             for name in ("localhost", "127.0.0.1")]
    try:
        with pcscd.Readers(1) as readers:
            readers.insert(0, f"{folder}/card")
            for language in ("ja", "en"):
                agent = Agent(folder, "--language", language, port=port)
                try:
                    done = subprocess.run(["node", f"{SOURCE}/tests/agent/browser.mjs", agent.origin, *(site.origin for site in sites),
                                           PIN, pictures, language], env={**os.environ, "HOME": folder}, timeout=120,
                                          capture_output=True, text=True)
                finally:
                    agent.end()
                yield done
    finally:
        for site in sites:
            site.close()


def main():
    authority = Authority(f"{folder}/authority")
    authority.publish()
    make_cards(folder, authority)
    number = failed = 0
    for done in play(authority, free_port()):
        failed += done.returncode != 0
        for line in done.stdout.splitlines():
            if line.startswith(("ok ", "not ok ")):
                number += 1
                print(line.replace("N", str(number), 1))
            else:
                print(line)
        print("".join(f"# {line}\n" for line in done.stderr.splitlines()), end="")
    print(f"1..{number}")
    return 1 if failed else 0


try:
    status = main()
finally:
    shutil.rmtree(folder, ignore_errors=True)
sys.exit(status)
