"""jpkid for tests in Python: a command run to its end, or the service until the block ends.

    jpkid.init(data)                            # the sample town
    with jpkid.Service(data) as service:        # started; is_ready, or said() tells why not
        service.urls["status"], service.acts, service.role("commit")

Words are those of the command line; the passphrase goes through a descriptor."""
import os
import re
import subprocess
import tempfile
import threading

SOURCE = os.environ.get("JPKI_SOURCE", os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("JPKI_BUILD", os.path.join(SOURCE, "build"))
PROGRAM = os.path.join(BUILD, "jpkid")
PASSPHRASE = "a passphrase of this test"
END_SECONDS = 20
READY_SECONDS = 90


def lines_fd(*lines):
    """A descriptor to read the lines from; the caller closes it."""
    read_end, write_end = os.pipe()
    os.write(write_end, "".join(line + "\n" for line in lines).encode())
    os.close(write_end)
    return read_end


LOGGED = re.compile(r'''(?:<[3-6]>|time=\S+ )level=\w+ role=(\S+) event=\S+ msg="((?:[^"\\]|\\.)*)".*''')


def in_words(text):
    """The service's lines as a person would say them: jpkid: ROLE: SENTENCE. Other lines as they are."""
    def line_in_words(line):
        found = LOGGED.fullmatch(line)
        if not found:
            return line
        who = "" if found[1] == "parent" else found[1] + ": "
        return "jpkid: " + who + re.sub(r"\\(.)", r"\1", found[2])
    return "".join(line_in_words(line.rstrip("\n")) + "\n" for line in text.splitlines())


def begin(*words, passphrase=PASSPHRASE, environment=None, **more):
    """The started process; environment is added to our own, more is Popen's."""
    fd = lines_fd(passphrase)
    process = subprocess.Popen([PROGRAM, *words, "--passphrase-fd", str(fd)], pass_fds=[fd], text=True,
                               env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})}, **more)
    os.close(fd)
    return process


def run_for(seconds, *words, passphrase=PASSPHRASE):
    """(status, standard output and error); killed after so many seconds, if it still runs."""
    process = begin(*words, passphrase=passphrase, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        text = process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        text = process.communicate()[0]
    return process.returncode, text


def run(*words, timeout=60, **more):
    """Runs to its end: (status, standard error)."""
    with begin(*words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **more) as process:
        try:
            errors = process.communicate(timeout=timeout)[1]
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return process.returncode, in_words(errors)


def init(data, *words, **more):
    return run("init", "--data", data, "--sample", "--etc", os.path.join(SOURCE, "etc"), *words, **more)


def words_of(pid):
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        return file.read().split(b"\0")


def is_helper(pid):
    """A role's own child, which looks like it until it becomes another program: web has its forms drawn."""
    with open(f"/proc/{pid}/stat") as file:
        return words_of(file.read().rpartition(")")[2].split()[1])[1:2] == [b"role"]


def roles_of(parent):
    """{name: process id} of the roles that this parent started, also when it is gone."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = words_of(entry)
            if words[1:2] == [b"role"] and int(words[4]) == parent and not is_helper(entry):
                found[words[2].decode()] = int(entry)
        except (OSError, ValueError, IndexError):
            continue
    return found


class Service:
    """jpkid on a data folder, at a port that is free."""

    def __init__(self, data, *words, **more):
        self.data, self.urls, self.is_ready = data, {}, False
        self.errors = tempfile.TemporaryFile("a+")
        self.process = begin("serve", "--data", data, "--listen", "127.0.0.1:0", *words,
                             stdout=subprocess.PIPE, stderr=self.errors, **more)
        watchdog = threading.Timer(READY_SECONDS, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            word, _, rest = line.strip().partition(" ")
            self.urls[word] = rest
            if word == "ready":
                self.is_ready = True
                break
        watchdog.cancel()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def acts(self):
        return os.path.join(self.data, "run", "acts.sock")

    def roles(self):
        return roles_of(self.process.pid)

    def role(self, name):
        """Its process id."""
        return self.roles()[name]

    def wait(self):
        """The exit status; None when it does not end."""
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        finally:
            self.process.stdout.close()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.wait()

    def logged(self):
        """Its standard error until now, as it came."""
        self.errors.seek(0)
        return self.errors.read()

    def said(self):
        """The same in words."""
        return in_words(self.logged())
