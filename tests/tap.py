"""TAP for scenario tests in Python: each check is one case with a name; the plan comes last."""
import sys


class Tap:
    def __init__(self):
        self.num, self.failed = 0, 0

    def check(self, condition, name, detail=""):
        """One case. The detail is shown when it fails."""
        self.num += 1
        print(f"{'ok' if condition else 'not ok'} {self.num} - {name}")
        if not condition:
            self.failed += 1
            for line in str(detail).splitlines():
                print(f"# {line}")
        sys.stdout.flush()
        return bool(condition)

    def skip(self, name, reason):
        self.num += 1
        print(f"ok {self.num} - {name} # SKIP {reason}")

    def end(self):
        """Prints the plan and leaves the program."""
        print(f"1..{self.num}")
        sys.exit(1 if self.failed else 0)


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)
