"""The stage of `make demo`: a fresh folder, private pcscd, our service, and steps that keep what they
did. Nothing here knows the story; that is story.py.

A step is a folder build/demo/NN-name/ with
  log        every command line with its output and exit status, in order
  judge.sh   the foreign judgements alone, over files of that folder: `sh judge.sh` repeats them
and the artefacts. A judge that is not installed is named and not counted."""
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(SOURCE, "build")


class Failure(Exception):
    """A step did not go as the story tells."""


class Result:
    def __init__(self, status, output):
        self.status = status
        self.output = output

    def __contains__(self, text):
        return text in self.output

    @property
    def first(self):
        return self.output.split("\n", 1)[0]

    def json(self):
        return json.loads(self.output)


class Stage:
    def __init__(self, folder):
        self.folder = folder
        self.step_folder = None
        self.number = 0
        self.failed = 0
        self.absent = set()
        self.processes = []
        self.environment = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC",
                                PATH=BUILD + os.pathsep + os.environ["PATH"])
        self.set_clock(time.time())
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)

    # steps

    def step(self, name, telling, play):
        """Plays one step; a Failure or an unexpected error fails it and the story goes on."""
        self.number += 1
        self.step_folder = os.path.join(self.folder, f"{self.number:02d}-{name}")
        os.makedirs(self.step_folder)
        started = time.monotonic()
        try:
            play(self)
            verdict = "ok"
        except Exception as error:  # the demo tells every failure and goes on
            self.failed += 1
            verdict = f"FAILED: {type(error).__name__}: {error}"
            self.write("log", f"\n{verdict}\n", append=True)
        seconds = time.monotonic() - started
        print(f"{self.number:2d} {telling:<89} {seconds:5.1f} s  {verdict}", flush=True)

    def close(self):
        for process in reversed(self.processes):
            self.stop(process)
        for judge in sorted(self.absent):
            print(f"not judged by {judge}: not installed")
        print(f"demo: {self.number} steps, {self.failed} failed")
        return 1 if self.failed else 0

    # the clock of the story

    def set_clock(self, now):
        """From here on the story's time is now (seconds since 1970), and runs on."""
        self.clock_offset = now - time.time()

    def now(self):
        """The story's time, as faketime and openssl's users write it, UTC."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + self.clock_offset))

    def iso_now(self):
        return self.now().replace(" ", "T") + "Z"

    # files of the step

    def path(self, name):
        return os.path.join(self.step_folder, name)

    def write(self, name, text, append=False):
        mode = "a" if append else "w"
        with open(self.path(name), mode + ("b" if isinstance(text, bytes) else "")) as file:
            file.write(text)
        return self.path(name)

    def keep(self, source, name=None):
        """Copies a file into the step's folder and returns its name there."""
        name = name or os.path.basename(source)
        shutil.copy(source, self.path(name))
        return name

    # commands

    def run(self, *words, expect=0, says=None, stdin=None, pins=(), environment=None):
        """Runs a command in the step's folder, keeps line and output, checks its exit status and,
        if given, that its output says something. pins go through a pipe named by {pins}."""
        command = [str(word) for word in words]
        reading = None
        if pins:
            reading, writing = os.pipe()
            os.write(writing, "".join(pin + "\n" for pin in pins).encode())
            os.close(writing)
            command = [word.replace("{pins}", str(reading)) for word in command]
        result = subprocess.run(
            ["faketime", "-f", "@" + self.now()] + command, cwd=self.step_folder,
            env=dict(self.environment, **(environment or {})),
            input=stdin, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
            pass_fds=[reading] if pins else [])
        if pins:
            os.close(reading)
        line = " ".join(shlex.quote(word) for word in command)
        self.write("log", f"$ {line}\n{result.stdout}exit {result.returncode}\n\n", append=True)
        self.check(line, Result(result.returncode, result.stdout), expect, says)
        return Result(result.returncode, result.stdout)

    def judge(self, line, expect=0, says=None):
        """Lets a foreign tool judge: one shell line over files of the step's folder. It goes into
        judge.sh with what it must answer, so that anyone can repeat it, and is run from there."""
        program = judge_of(line)
        if not shutil.which(program):
            self.absent.add(program)
            return None
        if not os.path.exists(self.path("judge.sh")):
            self.write("judge.sh", JUDGE_HEAD)
        judgement = f"judge {expect} {shlex.quote(says or '')} {shlex.quote(line)}\n"
        with open(self.path("judge.sh")) as file:
            if judgement not in file:
                self.write("judge.sh", judgement, append=True)
        result = subprocess.run(
            ["sh", "-c", JUDGE_HEAD + judgement],
            cwd=self.step_folder, env=self.environment, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=60)
        self.write("log", f"judge$ {line}\n{result.stdout}\n", append=True)
        if result.returncode:
            raise Failure(f"{line}: {result.stdout.strip()[-300:]}")
        return Result(expect, result.stdout)

    def check(self, line, result, expect, says):
        if expect is not None and result.status != expect:
            raise Failure(f"{line}: exit {result.status}, not {expect}: {result.output.strip()[-300:]}")
        for text in [says] if isinstance(says, str) else says or []:
            if not re.search(text, result.output, re.MULTILINE):
                raise Failure(f"{line}: does not say {text!r}: {result.output.strip()[-300:]}")

    # processes

    def start(self, *words, name, log, pins=(), ready=None, passphrase=None):
        """Starts a process in the background; waits until ready() is true or it ends."""
        command = [str(word) for word in words]
        passed = []
        if passphrase is not None:
            reading, writing = os.pipe()
            os.write(writing, passphrase.encode() + b"\n")
            os.close(writing)
            command = [word.replace("{passphrase}", str(reading)) for word in command]
            passed = [reading]
        with open(os.path.join(self.folder, log), "ab") as file:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                       cwd=self.folder, env=self.environment, pass_fds=passed)
        for fd in passed:
            os.close(fd)
        process.name = name
        self.processes.append(process)
        if ready:
            wait_until(lambda: ready() or process.poll() is not None, f"{name} is ready")
        if process.poll() is not None:
            raise Failure(f"{name} ended with {process.returncode}: see {log}")
        return process

    def stop(self, process, how=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.processes:
            self.processes.remove(process)


def judge_of(line):
    """The program that judges: what faketime or with-card start."""
    words = shlex.split(line)
    if words[0] == "with-card":
        return words[3]
    return words[2] if words[0] == "faketime" else words[0]


# says: an extended regular expression that the output must match, or nothing. with-card is looked for
# beside the demo first, then where the demo was played: a copy of the folder judges too.
JUDGE_HEAD = f"""# Repeats the foreign judgements of this step: sh judge.sh
cd "$(dirname "$0")" 2>/dev/null || exit 2
export TZ=UTC LC_ALL=C.UTF-8 PATH="$PATH:../../../tools:"{shlex.quote(SOURCE + "/tools")}
""" + """\
absent=0
trap '[ $? -ne 0 ] || exit $absent' EXIT # 2: what is not installed has not judged
judge() { # exit status wanted, pattern wanted, command line
    printf '$ %s\\n' "$3"
    output=$(sh -c "$3" 2>&1)
    status=$?
    printf '%s\\n' "$output"
    [ "$status" -ne 127 ] || { echo "not judged"; absent=2; return; }
    [ "$status" -eq "$1" ] || { echo "exit $status, not $1"; exit 1; }
    [ -z "$2" ] || printf '%s\\n' "$output" | grep -Eq -- "$2" || { echo "does not say: $2"; exit 1; }
}
"""


def wait_until(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds} s until {what}")
        time.sleep(0.02)
