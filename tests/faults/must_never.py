#!/usr/bin/python3
"""What must never happen in an authority for citizens, as twenty tests. Each provokes its fault in every way
that is known, in the real programs, on a copy of the same small town; openssl judges what comes out.

    must_never.py           all; a line for each
    must_never.py 7 13      some of them
"""
import os
import shutil
import sys
import tempfile
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[1:1] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "prove"), os.path.join(HERE, "..", "login")]
import answers  # noqa: E402
import issuing  # noqa: E402
import persons  # noqa: E402
import resilience  # noqa: E402
import stored  # noqa: E402
import world  # noqa: E402

FAULTS = (
    (1, "no signature leaves the signer over bytes that are not on the disk", stored.unrecorded_signature),
    (2, "nothing acknowledged is lost, and no failed write is swallowed", stored.lost_acknowledgement),
    (3, "good only for what was issued, unknown for nothing that was handed out", answers.good_for_never_issued),
    (4, "what is held is good nowhere: OCSP, list, push set, verifier, for one epoch the same", answers.views_differ),
    (5, "no serial twice: in certificates, in a list; none negative, none too long", issuing.serial_twice),
    (6, "lists and answers go forward, end in time and are complete", answers.list_goes_back),
    (7, "a revoked certificate is never released, and no revocation becomes a hold", answers.revoked_lives_again),
    (8, "what was set back releases nothing and numbers nothing again", stored.restore_forgets),
    (9, "nothing is signed that the linter refuses, nor other bytes than those that were linted", issuing.unlinted),
    (10, "no wrong authority, purpose, name or validity is signed", issuing.wrong_marks),
    (11, "no key for two citizens, no weak key, no key without its proof", issuing.wrong_key),
    (12, "no act without its entry; a gap, an edit, a cut of the journal is found", stored.act_without_entry),
    (13, "two persons are two, and they approve one content once", persons.one_person_twice),
    (14, "no certificate of the service's own ends unannounced, and it starts without its own OCSP",
     resilience.ends_unannounced),
    (15, "no size, no nonsense and no slow client takes memory or answers from others", resilience.harmed_by_client),
    (16, "a migration changes the meaning of no stored row", stored.migration_changes_rows),
    (17, "a nonce is answered with itself, and GET is read as it was written", answers.nonce_or_address_misread),
    (18, "no negative answer is kept longer than a positive one", answers.negative_kept),
    (19, "a login challenge counts once, for its origin, never with a held certificate", persons.login_accepted),
    (20, "no serial and no name in logs, reports and addresses", persons.citizen_told),
)


class Watch:
    """What a fault's test saw: see(condition, what must be so, detail)."""

    def __init__(self):
        self.num, self.wrong = 0, []

    def __call__(self, condition, sentence, detail=""):
        self.num += 1
        if not condition:
            self.wrong.append(f"{sentence}: {detail}" if detail != "" else sentence)


def run(number, name, test, stage):
    see, start = Watch(), time.monotonic()
    try:
        test(see, stage)
    except Exception:
        see.wrong.append(traceback.format_exc())
    is_good = see.num and not see.wrong
    print(f"{'ok' if is_good else 'not ok'} {number} - {name}")
    print(f"# {see.num} observations, {time.monotonic() - start:.1f} s")
    for sentence in see.wrong:
        print("#   " + sentence.rstrip().replace("\n", "\n#   "), flush=True)
    sys.stdout.flush()
    return is_good


def main():
    wanted = [row for row in FAULTS if not sys.argv[1:] or str(row[0]) in sys.argv[1:]]
    folder = tempfile.mkdtemp(prefix="jpki-faults-")
    try:
        stage = world.World(folder)
        results = [run(*row, stage) for row in wanted]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{wanted[0][0]}..{wanted[-1][0]}")
    sys.exit(0 if all(results) else 1)


main()
