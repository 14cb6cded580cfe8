#!/usr/bin/python3
"""A PKCS#11 token of one's own: SoftHSM's, in a temporary folder, gone at the end.

    tests/softhsm.py PROGRAM ARGUMENT...

runs the program with JPKI_TEST_MODULE, _LABEL, _PIN and _TOKEN_FILES set to such a token. In Python:

    with softhsm.Token(pin) as token:
        jpkid.init(data, *token.words, passphrase=pin, environment=token.environment)

SoftHSM reads SOFTHSM2_CONF at each start of a program."""
import os
import shutil
import subprocess
import sys
import tempfile

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
LABEL = "jpki"
OFFICER_PIN = "officer of tests"
C_PIN = "a passphrase for tests"  # as tests/signer/fixture.c has it


def module():
    """Its path, or None when it is not installed."""
    return next((path for path in MODULES if os.path.exists(path)), None) if shutil.which("softhsm2-util") else None


class Token:
    def __init__(self, pin, label=LABEL):
        self.pin, self.label = pin, label
        self.folder = tempfile.mkdtemp(prefix="jpki-softhsm-")
        self.store = os.path.join(self.folder, "tokens")
        os.mkdir(self.store)
        path = os.path.join(self.folder, "softhsm2.conf")
        with open(path, "w") as file:
            file.write(f"directories.tokendir = {self.store}\nobjectstore.backend = file\nlog.level = ERROR\n")
        self.environment = {"SOFTHSM2_CONF": path}
        try:
            self.make(label, pin)
        except BaseException:
            self.stop()
            raise

    def make(self, label, pin):
        """One more token of this module."""
        self.run("softhsm2-util", "--init-token", "--free", "--label", label, "--so-pin", OFFICER_PIN, "--pin", pin)

    def run(self, *words):
        done = subprocess.run(words, env={**os.environ, **self.environment}, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def tool(self, *words):
        """What pkcs11-tool says, logged in."""
        return self.run("pkcs11-tool", "--module", module(), "--token-label", self.label, "--login", "--pin",
                        self.pin, *words)

    @property
    def words(self):
        """For jpkid init."""
        return ["--token", f"{module()}:{self.label}", "--token-files", self.store]

    def stop(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def main():
    if not module():
        print("1..0 # SKIP SoftHSM is not installed")
        return 0
    with Token(C_PIN) as token:
        return subprocess.run(sys.argv[1:], env={
            **os.environ, **token.environment, "JPKI_TEST_MODULE": module(), "JPKI_TEST_LABEL": token.label,
            "JPKI_TEST_PIN": token.pin, "JPKI_TEST_TOKEN_FILES": token.store}).returncode


if __name__ == "__main__":
    sys.exit(main())
