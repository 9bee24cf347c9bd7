#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# lint/run.py - runs the rules that are programs: run.py [part of a name]
import sys

sys.dont_write_bytecode = True

import budgets
import docs
import opened
import pages
import sources
import website

SHOWN = 25  # findings of one rule


def run(name, rule):
    """True when the rule finds nothing."""
    try:
        findings = list(rule())
    except (OSError, ValueError, KeyError) as error:
        findings = [f"the rule itself failed: {error!r}"]
    if not findings:
        print(f"ok - {name}")
        return True
    print(f"FAIL - {name}: {findings[0]}")
    for finding in findings[1:SHOWN]:
        print(f"    {finding}")
    if len(findings) > SHOWN:
        print(f"    and {len(findings) - SHOWN} more")
    return False


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    rules = {**sources.RULES, **budgets.RULES, **docs.RULES,
             **opened.RULES, **pages.RULES, **website.RULES}
    results = [run(name, rule) for name, rule in rules.items() if only in name]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
