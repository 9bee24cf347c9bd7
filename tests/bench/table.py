# SPDX-License-Identifier: Apache-2.0
# bench/table.py - figures of one run: medians, spread and what was aimed at
import argparse
import os
import statistics

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def parser_of(doc):
    """The options all benchmarks have."""
    parser = argparse.ArgumentParser(description=doc.split("\n", 1)[0])
    parser.add_argument("--binary", default=os.path.join(
        ROOT, "build", "release", "src", "patchcord"))
    parser.add_argument("--folder", default=os.path.join(
        ROOT, "build", "bench"), help="on the disk that is measured")
    parser.add_argument("--rounds", type=int, default=5)
    return parser


class Table:
    def __init__(self, args):
        self.args = args
        self.rows = []

    def row(self, what, values, unit, aim=""):
        values = [v for v in values if v is not None]
        middle = statistics.median(values)
        self.rows.append((what, f"{middle:.4g} {unit}",
                          f"{min(values):.4g} to {max(values):.4g}", aim))

    def print(self):
        head = ("what", f"median of {self.args.rounds}", "from to", "aim")
        widths = [max(len(row[i]) for row in self.rows + [head])
                  for i in range(len(head))]
        for row in [head] + self.rows:
            print("  ".join(text.ljust(width)
                            for text, width in zip(row, widths)).rstrip())
