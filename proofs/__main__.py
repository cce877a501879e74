"""``python -m proofs [numbers…] [--short] [--write]``: prove, print each verdict as it falls, exit 1 on any FAIL."""

from __future__ import annotations

import argparse
import sys

from proofs.figures import Figure, find
from proofs.page import write


def main(arguments: list[str]) -> int:
    """Run the proofs asked for."""
    asked = _asked(arguments)
    there = find()
    unknown = [number for number in asked.numbers if number not in there]
    if unknown:
        sys.exit(f"There is no proof {unknown[0]}; there are {', '.join(map(str, there))}.")
    shown: list[Figure] = []
    for number in asked.numbers or there:
        shown.append(there[number](asked.short))
        print(shown[-1].line(), flush=True)
        if asked.write:
            write(shown[-1])
    return any(not figure.passed for figure in shown)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m proofs", description="Show that the shop can be trusted.")
    parser.add_argument("numbers", nargs="*", type=int, help="which proofs; all by default")
    parser.add_argument("--short", action="store_true", help="a small form of each, in seconds")
    parser.add_argument("--write", action="store_true", help="keep the figures in docs/proofs.md")
    asked = parser.parse_args(arguments)
    if asked.short and asked.write:
        parser.error("the page keeps figures of full size only; leave out --short or --write")
    return asked


sys.exit(main(sys.argv[1:]))
