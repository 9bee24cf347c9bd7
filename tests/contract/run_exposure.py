#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# contract/run_exposure.py - who reaches the real relay, from where, with what
"""Usage: run_exposure.py RELAY [part of a name]

Everything happens in a network namespace of its own: this machine's other
programs neither see it nor are seen. A second one is the container: it has a
default gateway at the other end of a veth pair. Where namespaces or a second
user are not to be had, the cases that need them fail.
"""
import os
import shutil
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True
INSIDE = "CTI_TEST_NAMESPACE"


def enter():
    """Runs this program again, in a namespace where it is root."""
    ways = [["unshare", "--net"]]
    if os.geteuid():
        ways = [["unshare", "--user", "--map-root-user", "--map-auto", "--net"],
                ["unshare", "--user", "--map-root-user", "--net"]]
    for way in ways:
        if subprocess.run([*way, "true"], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0:
            os.environ[INSIDE] = "1"
            os.execvp(way[0], [*way, sys.executable, *sys.argv])
    print("FAIL - a network namespace: this kernel gives none to this user")
    sys.exit(1)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    if INSIDE not in os.environ:
        enter()
    from exposure.cases import CASES
    from exposure.lab import Lab
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    failed = ran = 0
    folder = tempfile.mkdtemp(prefix="cti-exposure-")
    os.chmod(folder, 0o755)
    lab = Lab(sys.argv[1], folder)
    try:
        for case in CASES:
            name = case.__name__.replace("_", " ")
            if only not in name:
                continue
            ran += 1
            try:
                case(lab)
                lab.end()
                print(f"ok - {name}", flush=True)
            except Exception as error:  # a case must not stop the others
                failed += 1
                where = traceback.extract_tb(error.__traceback__)[-1]
                print(f"FAIL - {name}: {error!r} in {where.name}:"
                      f"{where.lineno}: {where.line}\n{lab.said()}", flush=True)
                lab.close()
    finally:
        lab.close()
        lab.uncable()
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
