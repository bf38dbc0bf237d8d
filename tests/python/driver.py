"""Runs a program many times and prints every outcome that it had, once each.

    python3 driver.py PROGRAM.py SECONDS

A program is a function `program(say, pause)`: `say` takes a line as `print` would, in one step, and
`pause` waits for a random moment, or not at all. An outcome is printed as its lines, separated by
` | `.
"""

import faulthandler
import importlib.util
import random
import sys
import time


def pause():
    kind = random.random()
    if kind < 0.5:
        return
    time.sleep(0 if kind < 0.75 else random.random() / 2000)


def main():
    path, seconds = sys.argv[1], float(sys.argv[2])
    # A program that never ends is a mistake of this test.
    faulthandler.dump_traceback_later(20, exit=True)
    sys.setswitchinterval(1e-6)
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    # Jobs for other processes are sent by name.
    sys.modules["program"] = module
    spec.loader.exec_module(module)
    seen = set()
    end = time.monotonic() + seconds
    while True:
        lines = []
        module.program(lambda *words: lines.append(" ".join(map(str, words))), pause)
        seen.add(" | ".join(lines))
        if time.monotonic() > end:
            break
    for outcome in sorted(seen):
        print(outcome)


if __name__ == "__main__":
    main()
