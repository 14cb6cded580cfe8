#!/usr/bin/python3
"""jpkid as a whole, on loopback: init, serve, the four processes, their deaths, what they may still do."""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.environ["JPKI_SOURCE"], "tests"))
import jpkid
from jpkid import BUILD, PASSPHRASE
from tap import Tap

PUSH_SET_READER = os.path.join(os.environ["JPKI_SOURCE"], "tests", "status", "push_set_reader.py")
ROLES = ("signer", "commit", "web", "status")
tap = Tap()
folder = tempfile.mkdtemp(prefix="jpkid-test-")
DATA = os.path.join(folder, "data")
ENVIRONMENT = dict(os.environ, LC_ALL="C.UTF-8")


class Service(jpkid.Service):
    def __init__(self, *words):
        super().__init__(DATA, "--web", "127.0.0.1:0", *words)

    def get(self, role, path):
        try:
            with urllib.request.urlopen(self.urls[role] + path, timeout=5) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            return error.code, b"", {}
        except OSError as error:
            return 0, str(error).encode(), {}


def wait_until(condition, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def is_gone(pid):
    """No such process, or a zombie that its reaper has not taken yet."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def proc_status(pid):
    with open(f"/proc/{pid}/status") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)


def openssl(*arguments, timeout=30):
    result = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=timeout)
    return result.returncode, result.stdout + result.stderr


def test_init():
    status, errors = jpkid.init(DATA)
    tap.check(status == 0, "init makes a folder", errors)
    modes = {name: oct(os.stat(os.path.join(DATA, name)).st_mode & 0o777)
             for name in ("signer", "database", "signer/signed.log", "signer/permit-1.key")}
    tap.check(modes == {"signer": "0o700", "database": "0o700", "signer/signed.log": "0o600",
                        "signer/permit-1.key": "0o600"}, "keys, log and database are the owner's alone", modes)
    before = sorted(os.listdir(folder))
    status, errors = jpkid.init(DATA)
    tap.check(status == 1 and "exists" in errors, "init refuses a folder that exists", errors)
    status, errors = jpkid.run("init", "--data", os.path.join(folder, "x"), "--etc", "/nonexistent")
    tap.check(status == 2 and sorted(os.listdir(folder)) == before, "a failed init leaves nothing", errors)
    tap.check(jpkid.run("init", "--data", os.path.join(folder, "x"), passphrase="")[0] == 64,
              "init refuses an empty passphrase")
    tap.check(jpkid.run("init", "--data", os.path.join(folder, "x"), "--clock", "2026-11-22T00:00:00Z")[0] == 64,
              "init refuses another time for real data")
    tap.check(jpkid.run("init")[0] == 64 and jpkid.run("serve")[0] == 64 and jpkid.run("role", "signer")[0] == 64,
              "wrong usage is 64")
    with open(os.path.join(DATA, "signer", "authority-signature-1.key"), "rb") as file:
        sealed = file.read()
    tap.check(b"\x30\x82" != sealed[:2] and PASSPHRASE.encode() not in sealed, "the key on the disk is sealed")


def test_answers(service):
    tap.check(service.is_ready, "serve says when it is ready", service.said())
    tap.check(sorted(service.roles()) == sorted(ROLES), "four processes run", service.roles())
    status, body, _ = service.get("web", "")
    tap.check(status == 200 and "見本／SAMPLE".encode() in body, "the root page says SAMPLE")
    status, body, _ = service.get("web", "health")
    tap.check(status == 200 and b'"sample":true' in body, "/health says sample")
    for kind in ("signature", "authentication"):
        pem, crl = os.path.join(folder, kind + ".pem"), os.path.join(folder, kind + ".crl")
        status, body, headers = service.get("status", f"ca/{kind}.cer")
        with open(pem + ".der", "wb") as file:
            file.write(body)
        openssl("x509", "-inform", "DER", "-in", pem + ".der", "-out", pem)
        status, body, headers = service.get("status", f"crl/{kind}.crl")
        with open(crl, "wb") as file:
            file.write(body)
        code, text = openssl("crl", "-inform", "DER", "-in", crl, "-noout", "-CAfile", pem)
        tap.check(code == 0 and "verify OK" in text and "JPKI-Epoch" in headers,
                  f"openssl verifies the {kind} list", text)
        ask = ["ocsp", "-issuer", pem, "-CAfile", pem, "-url", service.urls["status"] + "ocsp"]
        answered = wait_until(lambda: "verify OK" in openssl(*ask, "-serial", "99")[1])
        code, text = openssl(*ask, "-serial", "99")
        tap.check(answered and "99: unknown" in text, f"openssl verifies the answer about a {kind} serial", text)
        pushed = wait_until(lambda: service.get("status", f"push-set/{kind}")[0] == 200)
        with open(os.path.join(folder, kind + ".set"), "wb") as file:
            file.write(service.get("status", f"push-set/{kind}")[1])
        done = subprocess.run(["/usr/bin/python3", PUSH_SET_READER, os.path.join(folder, kind + ".set")],
                              capture_output=True, text=True)
        tap.check(pushed and done.returncode == 0 and "num listed: 0" in done.stdout,
                  f"the {kind} push set is read by who only has its specification", done)
    for path, wanted in (("nothing", 404), ("push-set/x", 404), ("ocsp", 405), ("ocsp/%%%", 400), ("crl/../../signer/signed.log", 404),
                         ("crl/%2e%2e%2fsigner%2fsigned.log", 404)):
        tap.check(service.get("status", path)[0] == wanted, f"GET /{path} is {wanted}")


def test_confinement(service):
    said = service.said()
    for name, pid in service.roles().items():
        tap.check(re.search(rf"{name}: no new privileges, no core, not dumpable", said), f"{name} says what it gave up")
        status = proc_status(pid)
        tap.check(status["NoNewPrivs"] == "1", f"{name} takes no new privileges")
        with open(f"/proc/{pid}/limits") as file:
            core = next(line for line in file if line.startswith("Max core file size"))
        tap.check(core.split()[4:6] == ["0", "0"], f"{name} leaves no core", core)
        tap.check(os.stat(f"/proc/{pid}/environ").st_uid == 0, f"{name} is not dumpable")
        with open(f"/proc/{pid}/cmdline", "rb") as line, open(f"/proc/{pid}/environ", "rb") as environment:
            tap.check(PASSPHRASE.encode() not in line.read() + environment.read(),
                      f"{name} shows no passphrase to ps")
        if "system calls filtered" in said:
            tap.check(status["Seccomp"] == "2", f"{name} has its system calls filtered")
        else:
            tap.skip(f"{name} has its system calls filtered", "not in this build")
    files = {name: [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
             for name, pid in service.roles().items()}
    for name, paths in files.items():
        held = [path for path in paths if "/signer/" in path or "/database/" in path]
        wanted = {"signer": "/signer/signed.", "commit": "/database/"}.get(name)  # its log and its index
        tap.check(all(wanted and wanted in path for path in held), f"{name} holds only files of its own", held)


def test_signer_before_its_passphrase():
    """Between its start and its confinement the signer reads the passphrase: nobody of its own user looks on."""
    program = shutil.copy(jpkid.PROGRAM, folder)
    os.chmod(folder, 0o755)
    pairs = [os.pipe(), os.pipe(), os.pipe()]
    wanted = [pairs[0][1], pairs[1][0], pairs[2][0]]  # ready, commit, a passphrase that does not come

    def place():
        high = [os.dup2(fd, 60 + i) for i, fd in enumerate(wanted)]
        for i, fd in enumerate(high):
            os.dup2(fd, 3 + i)

    user = {"user": 65534} if os.geteuid() == 0 else {}
    process = subprocess.Popen([program, "role", "signer", DATA, str(os.getpid()), "real", "2", ""], close_fds=False,
                               preexec_fn=place, stderr=subprocess.DEVNULL, **user)
    environ = f"/proc/{process.pid}/environ"
    tap.check(wait_until(lambda: os.stat(environ).st_uid == 0 and proc_status(process.pid)["Name"] == "jpkid", 5)
              and process.poll() is None,
              "the signer that waits for its passphrase is not dumpable")
    process.kill()
    process.wait()
    for fd in (fd for pair in pairs for fd in pair):
        os.close(fd)


def test_restarts(service):
    for name in ("web", "status"):
        before = service.roles()
        os.kill(before[name], signal.SIGKILL)
        tap.check(wait_until(lambda: service.roles().get(name) not in (None, before[name])), f"{name} is started again")
        others = {role: pid for role, pid in service.roles().items() if role != name}
        tap.check(others == {role: pid for role, pid in before.items() if role != name}, f"nobody else dies with {name}",
                  f"{before} {others}\n{service.said()}")
    tap.check(wait_until(lambda: service.get("web", "health")[0] == 200), "web answers again")
    pem = os.path.join(folder, "signature.pem")
    tap.check(wait_until(lambda: "verify OK" in openssl(
        "ocsp", "-issuer", pem, "-CAfile", pem, "-serial", "99", "-url", service.urls["status"] + "ocsp")[1]),
        "status answers again, with another responder certificate")
    tap.check("ended by signal 9" in service.said(), "the parent says what happened")


def test_start_without():
    """What is asked for comes after what can be seen without it."""
    absent = os.path.join(folder, "absent")
    for words, wanted in ((["serve", "--data", absent, "--listen", "127.0.0.1:0"], f"{absent} :"),
                          (["init", "--data", absent], "the descriptor of --passphrase-fd has no more lines")):
        done = subprocess.run([jpkid.PROGRAM, *words, "--passphrase-fd", "0"], stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=60, env=ENVIRONMENT)
        tap.check(done.returncode == 2 and wanted in done.stderr, f"jpkid {words[0]} without what it needs: {wanted}",
                  done.stderr)
    tap.check(not os.path.exists(absent), "nothing was made")


def test_second_service():
    status, errors = jpkid.run("serve", "--data", DATA, "--listen", "127.0.0.1:0")
    tap.check(status == 2 and "another jpkid" in errors, "a second service on the folder is refused", errors)


def test_vital_end(name):
    service = Service()
    roles = service.roles()
    os.kill(roles[name], signal.SIGKILL)
    status = service.wait()
    tap.check(status == 2 and "the service ends" in service.said(), f"the death of {name} ends the service with 2",
              service.said())
    tap.check(wait_until(lambda: all(is_gone(pid) for pid in roles.values())), f"no process outlives {name}", roles)


def test_parent_end():
    service = Service()
    roles = service.roles()
    os.kill(service.process.pid, signal.SIGKILL)
    service.wait()
    tap.check(wait_until(lambda: all(is_gone(pid) for pid in roles.values())), "children die with their parent", roles)


def test_wrong_start():
    status, errors = jpkid.run("serve", "--data", DATA, "--listen", "127.0.0.1:0", passphrase="another")
    tap.check(status == 2 and "wrong passphrase" in errors, "the wrong passphrase ends the service with 2", errors)
    tap.check("another" not in errors, "and is not repeated")
    status, errors = jpkid.run("serve", "--data", DATA, "--listen", "localhost:80")
    tap.check(status == 64, "an address that is not in numbers is 64", errors)
    status, errors = jpkid.run("serve", "--data", folder, "--listen", "127.0.0.1:0")
    tap.check(status == 2, "a folder that is none of ours is 2", errors)
    status, errors = jpkid.run("serve", "--data", DATA, "--listen", "127.0.0.1:0", "--clock", "yesterday")
    tap.check(status == 64, "a clock that is no time is 64", errors)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, errors = jpkid.run("serve", "--data", DATA, "--listen", "127.0.0.1:%d" % taken.getsockname()[1])
    tap.check(status == 2 and "in use" in errors, "a port in use is 2", errors)


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def test_broken_log():
    log = os.path.join(DATA, "signer", "signed.log")
    with open(log, "ab") as file:
        file.write(b"torn")
    service = Service()
    tap.check(service.is_ready and service.stop() == 0 and "cut off" in service.said(),
              "an unfinished record is cut off and said", service.said())
    flip(log, 60)
    status, errors = jpkid.run("serve", "--data", DATA, "--listen", "127.0.0.1:0")
    tap.check(status == 2 and "signed.log" in errors, "a changed record stops the signer", errors)
    flip(log, 60)


def move_clock(moment):
    return subprocess.run([os.path.join(BUILD, "jpki"), "admin", "clock", moment, "--as", "admin1",
                           "--socket", os.path.join(DATA, "run", "acts.sock")], capture_output=True, text=True,
                          env=ENVIRONMENT)


def test_clock():
    """Last: what was signed in 2030 is above everything that today could sign."""
    service = Service("--clock", "2030-01-02T03:04:05Z")
    ask = ["ocsp", "-issuer", os.path.join(folder, "signature.pem"), "-serial", "99", "-noverify", "-resp_text",
           "-url", service.urls["status"] + "ocsp"]
    tap.check(wait_until(lambda: "Produced At: Jan  2 03:0" in openssl(*ask)[1]), "--clock is everybody's clock",
              openssl(*ask)[1])
    os.kill(service.roles()["status"], signal.SIGKILL)
    tap.check(wait_until(lambda: "Produced At: Jan  2 03:0" in openssl(*ask)[1]), "also of what is started again")
    moved = move_clock("2030-06-01T00:00:00Z")
    tap.check(moved.returncode == 0, "the clock is moved", moved.stderr)
    tap.check(wait_until(lambda: "Produced At: Jun  1 00:0" in openssl(*ask)[1], seconds=4),
              "at once there is an answer with the moved time, by a new responder certificate", openssl(*ask)[1])
    before = service.roles()["status"]
    move_clock("2045-01-01T00:00:00Z")
    time.sleep(1.5)
    tap.check(service.roles().get("status") == before, "status outlives the authorities", service.said())
    tap.check("trylater" in openssl(*ask)[1].lower(), "and says that it has no answer", openssl(*ask)[1])
    service.stop()


def main():
    test_init()
    service = Service()
    test_answers(service)
    test_confinement(service)
    test_restarts(service)
    test_second_service()
    tap.check(service.stop() == 0, "SIGTERM ends the service with 0", service.said())
    tap.check(service.roles() == {}, "nobody is left")
    test_broken_log()
    test_wrong_start()
    test_start_without()
    test_signer_before_its_passphrase()
    for name in ("signer", "commit"):
        test_vital_end(name)
    test_parent_end()
    test_clock()
    shutil.rmtree(folder)
    tap.end()


if __name__ == "__main__":
    main()
