"""Running programs in a folder of one's own, for scenario tests."""
import os
import socket
import subprocess


class Shell:
    def __init__(self, folder, environment=None):
        self.folder = folder
        self.environment = dict(os.environ, **(environment or {}))

    def run(self, *command, data=None, text=True, **more):
        """Runs to the end; the result has returncode, stdout, stderr. data is its standard input."""
        more.setdefault("env", self.environment)
        return subprocess.run(command, capture_output=True, text=text, input=data, timeout=100,
                              cwd=self.folder, **more)

    def must(self, *command, **more):
        """The same for what the test stands on; returns its standard output."""
        done = self.run(*command, **more)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stderr}{done.stdout}")
        return done.stdout

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())


def both(done):
    """What a program said, for the detail of a check."""
    return f"{done.stdout}{done.stderr}\n(status {done.returncode})"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
