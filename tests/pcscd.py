"""A pcscd of one's own, with emulated readers, for tests and the demo.

    pcscd.enter()                       # first thing in the program: a private mount namespace
    with pcscd.Readers(2) as readers:   # starts pcscd with two empty readers
        readers.insert(0, "a.card")     # waits until the card is seen
        …
        readers.remove(0)

Everything that was started ends with the block. pcscd has one fixed socket, so programs that want
one each must each call enter()."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

FOLDER = "/run/pcscd"
INSIDE = "JPKI_OWN_PCSCD"


def build_folder():
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return os.environ.get("JPKI_BUILD", os.path.join(here, "build"))


def missing(*programs):
    """The first of the programs, and of what this module needs, that is not installed; or None."""
    for program in ("pcscd", "unshare", "opensc-tool", *programs):
        if not shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"):
            return program
    return None


def enter(own_network=False):
    """Runs the program again inside a mount namespace of its own, where /run/pcscd is empty; own_network: with loopback
    alone, where all ports are free."""
    if os.environ.get(INSIDE) != "1":
        os.environ[INSIDE] = "1"
        unshare = ["unshare", "-m"] + ["-r"] * (os.geteuid() != 0) + ["-n"] * own_network
        os.execvp(unshare[0], unshare + [sys.executable, *sys.argv])
    if own_network:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True, env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})
    if not os.path.isdir(FOLDER):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
        os.mkdir(FOLDER)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", FOLDER], check=True)


def wait_for(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.05)


class Readers:
    def __init__(self, num=1, log=None):
        self.folder = tempfile.mkdtemp(prefix="jpki-readers-")
        self.sockets = [f"{self.folder}/card{i}.sock" for i in range(num)]
        self.names = [f"OpenJPKI reader {i} {i:02d} 00" for i in range(num)]
        self.cards = [None] * num
        self.log = log or os.path.join(self.folder, "pcscd.log")
        self.pcscd = None

    def configure(self):
        os.mkdir(f"{self.folder}/readers")
        with open(f"{self.folder}/readers/jpki", "w") as out:
            for i, socket in enumerate(self.sockets):
                out.write(f'FRIENDLYNAME "OpenJPKI reader {i}"\nDEVICENAME jpki:{socket}\n'
                          f"LIBPATH {build_folder()}/libifdjpki.so\nCHANNELID {i}\n\n")

    def __enter__(self):
        self.configure()
        with open(self.log, "w") as log:
            self.pcscd = subprocess.Popen(
                ["pcscd", "--foreground", "--config", f"{self.folder}/readers"],
                stdout=log, stderr=log,
                env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin"))
        wait_for(lambda: all(map(os.path.exists, [f"{FOLDER}/pcscd.comm", *self.sockets])),
                 "pcscd does not start")
        return self

    def __exit__(self, *_):
        for i in range(len(self.cards)):
            self.stop_card(i)
        self.pcscd.terminate()
        self.pcscd.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def has_card(self, i):
        listed = subprocess.run(["opensc-tool", "-l"], capture_output=True, text=True).stdout
        return any(line.endswith(self.names[i]) and " Yes " in line
                   for line in listed.splitlines())

    def insert(self, i, image):
        """Inserts the card of an image file into reader i."""
        self.cards[i] = subprocess.Popen(
            [f"{build_folder()}/jpki", "card", "emulate", image, self.sockets[i]])
        wait_for(lambda: self.cards[i].poll() is not None or self.has_card(i), "the card is not seen")
        if self.cards[i].poll() is not None:
            raise RuntimeError("the card did not go in")

    def stop_card(self, i):
        if self.cards[i]:
            self.cards[i].terminate()
            self.cards[i].wait(10)
            self.cards[i] = None

    def remove(self, i):
        self.stop_card(i)
        wait_for(lambda: not self.has_card(i), "the card is still seen")
