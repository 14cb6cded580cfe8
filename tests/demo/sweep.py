#!/usr/bin/python3
"""sweep.py [FOLDER]: who notices? Each step of a played demo (build/demo) is copied to another place, where
its judge.sh must say what it said, called from elsewhere. Then, for each artefact that a judgement names,
one byte in its middle is changed, and judge.sh must no longer agree. --quick leaves the unchanged out."""
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile

BUILD = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "build")
NOT_JUDGED = {"log", "judge.sh", "Judge.java"}  # a judge is not judged


def judge(script):
    """0: all judge as wanted, 1: one does not, 2: one is not installed."""
    return subprocess.run(["sh", script], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode


def write_judgements_of(folder, name):
    """Those judgements of judge.sh that name this artefact, as a script beside it; None if there are none."""
    with open(os.path.join(folder, "judge.sh")) as file:
        lines = [line for line in file if not line.startswith("judge ") or name in line]
    script = os.path.join(folder, "judge-one.sh")
    with open(script, "w") as file:
        file.writelines(lines)
    return script if lines[-1].startswith("judge ") else None


def is_noticed(folder, name, script):
    path = os.path.join(folder, name)
    with open(path, "r+b") as file:
        content = file.read()
        file.seek(len(content) // 2)
        file.write(bytes([content[len(content) // 2] ^ 1]))
    noticed = judge(script) == 1
    with open(path, "wb") as file:
        file.write(content)
    return noticed


def sweep_step(step):
    """(name, status of the unchanged, number of artefacts changed, those whose change nobody noticed)"""
    with tempfile.TemporaryDirectory() as place:
        folder = shutil.copytree(step, os.path.join(place, "copy"))
        status = 0 if "--quick" in sys.argv else judge(os.path.join(folder, "judge.sh"))
        num, silent = 0, []
        for name in sorted(set(os.listdir(step)) - NOT_JUDGED):
            script = write_judgements_of(folder, name)
            num += script is not None
            if script and not is_noticed(folder, name, script):
                silent.append(name)
        return os.path.basename(step), status, num, silent


def main(demo):
    steps = [entry.path for entry in sorted(os.scandir(demo), key=lambda entry: entry.name)
             if os.path.exists(os.path.join(entry.path, "judge.sh"))]
    total, failed = 0, not steps
    with multiprocessing.Pool() as pool:
        for name, status, num, silent in pool.imap(sweep_step, steps):
            total += num
            failed = failed or status == 1 or bool(silent)
            print(f"{name}: {num} changed" + (f", unchanged: judge.sh exits {status}" if status else "")
                  + "".join(f"\n  nobody noticed: {artefact}" for artefact in silent), flush=True)
    print(f"sweep: {len(steps)} steps, {total} artefacts, {'FAILED' if failed else 'each change was noticed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(next((word for word in sys.argv[1:] if word != "--quick"), os.path.join(BUILD, "demo"))))
