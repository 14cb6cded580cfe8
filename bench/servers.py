"""What is asked in a bench: the role `status`, servers of files that do nothing else, and other responders. Each has
`pid`, `port`, and ends with `stop`; each runs with one thread, and writes no log of accesses."""
import getpass
import json
import os
import re
import socket
import subprocess
import sys
import time

import measure

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), "tests"))
from shell import free_port  # noqa: E402

BUILD = os.path.join(os.path.dirname(HERE), "build")
CONNECTIONS = 32
PATIENCE = 60  # seconds until a server is there
FIRST_SERIAL = 1000  # of the world's: tests/status/world.c


def wait_for_port(port):
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def wait_for_word(path, word):
    end = time.monotonic() + PATIENCE
    while word not in open(path).read():
        if time.monotonic() > end:
            raise RuntimeError(f"{path} says nothing of {word}")
        time.sleep(0.01)


class Server:
    """A program of others, in a folder of its own; it is there when its port is, or when its log says so."""

    def __init__(self, *command, port, folder, says=None):
        self.port = port
        self.log = open(os.path.join(folder, "log"), "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=folder)
        self.pid = self.process.pid
        if says:
            wait_for_word(self.log.name, says)
        else:
            wait_for_port(port)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


class World:
    """The role `status` with num_serials; started when `start` is called if it waits."""

    def __init__(self, folder, num_serials, waits=False):
        self.folder, self.num_serials = folder, num_serials
        os.makedirs(folder)
        # a relative name: the folder's name has a small place in the program
        self.process = subprocess.Popen([os.path.join(BUILD, "tests", "status-world"), os.path.basename(folder),
                                         str(num_serials), "1", *(["wait"] if waits else [])],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        cwd=os.path.dirname(folder))
        self.pid = self.process.pid
        if waits:
            self.expect("filled")
        else:
            self.read_port()
            self.expect("ready")

    def expect(self, word):
        line = self.process.stdout.readline().split()
        if not line or line[0] != word:
            raise RuntimeError(f"status-world: {line} instead of {word}")
        return line

    def read_port(self):
        self.port = int(self.expect("port")[1])

    def start(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.read_port()

    @property
    def issuer(self):
        return os.path.join(self.folder, "issuer.pem")

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


# --- files ---

def nginx(folder):
    port = free_port()
    with open(os.path.join(folder, "nginx.conf"), "w") as file:
        file.write(f"""daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{ access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000000; open_file_cache max=100;
  server {{ listen 127.0.0.1:{port}; root {folder}/files; }} }}
""")
    return Server("nginx", "-c", os.path.join(folder, "nginx.conf"), port=port, folder=folder)


def h2o(folder):
    port = free_port()
    with open(os.path.join(folder, "h2o.conf"), "w") as file:
        file.write(json.dumps({"num-threads": 1, "user": getpass.getuser(), "error-log": f"{folder}/h2o.log",
                               "listen": {"host": "127.0.0.1", "port": port},
                               "hosts": {"default": {"paths": {"/": {"file.dir": f"{folder}/files"}}}}}))
    return Server("h2o", "-c", os.path.join(folder, "h2o.conf"), port=port, folder=folder)


# --- other responders ---

def openssl(folder, *words, data=None):
    return subprocess.run(["openssl", *words], cwd=folder, input=data, capture_output=True, check=True).stdout


def make_authority(folder, num):
    """An authority of others with a P-256 key, which answers itself, and an index of num good certificates, serials
    from FIRST_SERIAL on."""
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            "ca.key", "-out", "ca.pem", "-subj", "/CN=Bench", "-days", "30")
    with open(os.path.join(folder, "index.txt"), "w") as file:
        for serial in range(FIRST_SERIAL, FIRST_SERIAL + num):
            number = f"{serial:X}"
            file.write(f"V\t361231000000Z\t\t{number.zfill(len(number) + len(number) % 2)}\tunknown\t/CN=leaf {serial}\n")


def openssl_responder(folder):
    """It takes one connection after another, waits for ever for one that says nothing, and is lost when a client goes
    away: start one for each turn, do not knock, and ask with SingleLoad."""
    port = free_port()
    return Server("openssl", "ocsp", "-port", str(port), "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "ca.pem",
                  "-rkey", "ca.key", port=port, folder=folder, says="ACCEPT")


def cfssl_responder(folder):
    """It signs nothing: it has one answer in a file, for the certificate FIRST_SERIAL."""
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "leaf.key",
            "-out", "leaf.csr", "-subj", "/CN=leaf")
    openssl(folder, "x509", "-req", "-in", "leaf.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial",
            str(FIRST_SERIAL), "-out", "leaf.pem", "-days", "20")
    said = subprocess.run(["cfssl", "ocspsign", "-loglevel=4", "-ca", "ca.pem", "-responder", "ca.pem", "-responder-key",
                           "ca.key", "-cert", "leaf.pem", "-status", "good"],
                          cwd=folder, capture_output=True, check=True).stdout
    with open(os.path.join(folder, "answers"), "w") as file:
        file.write(json.loads(said)["ocspResponse"] + "\n")
    port = free_port()
    return Server("cfssl", "ocspserve", "-port", str(port), "-responses", "answers", "-loglevel=4", port=port,
                  folder=folder)


# --- asking ---

class Load:
    """A turn of wrk at one server: one client thread, CONNECTIONS kept alive."""

    def __init__(self, server, requests, method="GET", path="/"):
        self.server = server
        self.environment = dict(os.environ, REQUESTS=requests, METHOD=method, PATH_ASKED=path)

    def __call__(self):
        before = measure.cpu_seconds(self.server.pid)
        done = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{measure.SECONDS}", "-s",
                               os.path.join(HERE, "wrk.lua"), f"http://127.0.0.1:{self.server.port}/"],
                              env=self.environment, capture_output=True, text=True, check=True)
        used = measure.cpu_seconds(self.server.pid) - before
        said = json.loads(done.stdout.splitlines()[-1])
        if said["wrong"] or said["num"] == 0:
            raise RuntimeError(f"port {self.server.port}: of {said['num']} answers {said['wrong']} were refusals")
        elapsed = said["microseconds"] / 1e6
        return {"num": said["num"], "rate": said["num"] / elapsed, "p99": said["p99"] / 1000, "cpu": used / said["num"] * 1e6,
                "busy": used / elapsed}


class SingleLoad:
    """A turn of ab, which knocks nowhere and leaves no connection in the middle: each request is a connection, and all
    are the same."""
    NUM, CONNECTIONS = 3000, 4

    def __init__(self, server, body):
        self.server, self.body = server, body

    def __call__(self):
        before = measure.cpu_seconds(self.server.pid)
        said = subprocess.run(["ab", "-l", "-q", "-n", str(self.NUM), "-c", str(self.CONNECTIONS), "-p", self.body, "-T",
                               "application/ocsp-request", f"http://127.0.0.1:{self.server.port}/"],
                              capture_output=True, text=True, check=True).stdout
        used = measure.cpu_seconds(self.server.pid) - before
        if "Non-2xx" in said or not re.search(rf"Complete requests:\s+{self.NUM}\n", said):
            raise RuntimeError(said)
        return {"rate": float(re.search(r"Requests per second:\s+([\d.]+)", said).group(1)),
                "cpu": used / self.NUM * 1e6}
