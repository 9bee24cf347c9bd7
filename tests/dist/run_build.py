#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# dist/run_build.py - builds the package twice: the same bytes, and what is in it
"""Usage: run_build.py

Two copies of the sources in two folders, built by two people with other
habits. The first one's package stays in build/dist for the other tests.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import lab

HABITS = (
    {"LC_ALL": "C", "TZ": "UTC", "HOME": "/nonexistent"},
    {"LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo", "HOME": "/tmp",
     "SOURCE_DATE_EPOCH": "1"},
)
UMASKS = (0o022, 0o077)


def sources():
    """What is in the project: tracked, or new and not ignored."""
    sys.path.insert(0, os.path.join(lab.SOURCE, "tests", "lint"))
    import project
    return project.files()


def copy(folder):
    for name in sources():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(os.path.join(lab.SOURCE, name), path)


def build(folder, habit):
    env = {**os.environ, **HABITS[habit]}
    made = os.path.join(folder, "made" * (habit + 1))
    old = os.umask(UMASKS[habit])
    try:
        copy(folder)
        lab.run("cmake", "-S", folder, "-B", made, "-G", "Ninja",
                "-DCMAKE_BUILD_TYPE=Release", "-DCTI_TESTS=OFF", env=env)
        lab.run("cmake", "--build", made, "-j2", env=env)
        os.umask(0o022)  # cpack writes it into the package
        lab.run("cpack", "--config", made + "/CPackConfig.cmake", "-B",
                made + "/deb", env=env)
    finally:
        os.umask(old)
    return made


class Twice:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="cti-dist-")
        os.chmod(self.folder, 0o755)
        self.one = build(os.path.join(self.folder, "one"), 0)
        self.two = build(os.path.join(self.folder, "the", "other one"), 1)

    def both(self, name):
        found = [glob.glob(os.path.join(made, name))
                 for made in (self.one, self.two)]
        assert [len(f) for f in found] == [1, 1], f"{name}: {found}"
        return found[0][0], found[1][0]

    def keep(self):
        shutil.rmtree(lab.BUILT, ignore_errors=True)
        os.makedirs(lab.BUILT)
        for name in ("deb/*.deb", "src/patchcord", "src/dist/patchcord.1",
                     "src/dist/patchcord.conf.5", "src/dist/sbom.cdx.json"):
            shutil.copy(self.both(name)[0], lab.BUILT)


def the_same(twice, name):
    one, two = twice.both(name)
    assert lab.sha256(one) == lab.sha256(two), \
        f"{name} is another each time: " + subprocess.run(
            ["cmp", one, two], capture_output=True, text=True,
            check=False).stdout


def the_program_is_the_same_in_two_folders(twice):
    the_same(twice, "src/patchcord")


def the_package_is_the_same_in_two_folders(twice):
    the_same(twice, "deb/*.deb")


def no_folder_of_the_build_is_in_the_program(twice):
    with open(twice.both("src/patchcord")[0], "rb") as file:
        assert twice.folder.encode() not in file.read()


# --- the bill of materials ---

def bill(twice):
    return json.loads(lab.read(twice.both("src/dist/sbom.cdx.json")[0]))


def the_bill_of_materials_has_what_cyclonedx_wants(twice):
    bom = bill(twice)
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.5")
    assert isinstance(bom["version"], int)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
                        bom["metadata"]["timestamp"])
    refs = [bom["metadata"]["component"], *bom["components"]]
    for part in refs:
        assert part["type"] in ("application", "library"), part
        assert part["name"] and part["bom-ref"], part
        assert part["licenses"], part
        assert re.match(r"\d", part["version"]), part
    names = [part["bom-ref"] for part in refs]
    assert len(names) == len(set(names)), names
    for edge in bom["dependencies"]:
        assert edge["ref"] in names
        assert set(edge["dependsOn"]) <= set(names), edge


def every_part_has_a_licence_that_may_be_linked(twice):
    known = re.compile(r"Apache-2\.0|MIT|ISC|ICU|Zlib|curl|blessing|"
                       r"BSD-3-Clause|LGPL-[23]\.[01]-or-later|"
                       r"GPL-3\.0-or-later WITH GCC-exception-3\.1|"
                       r"LGPL-3\.0-or-later OR GPL-2\.0-or-later")
    for part in bill(twice)["components"]:
        for licence in part["licenses"]:
            assert known.fullmatch(licence.get("expression", "")), part


def every_library_that_is_loaded_is_in_the_bill(twice):
    dynamic = lab.run("readelf", "-d", twice.both("src/patchcord")[0])
    needed = set(re.findall(r"NEEDED.*\[(lib\w+)", dynamic))
    text = json.dumps(bill(twice)["dependencies"])
    for name in needed:
        assert name.replace("_", "-") in text or name == "libm", \
            f"{name} is not in {text}"
    assert len(needed) > 8, needed


def the_bill_is_the_same_in_two_folders(twice):
    the_same(twice, "src/dist/sbom.cdx.json")


CASES = (
    the_program_is_the_same_in_two_folders,
    the_package_is_the_same_in_two_folders,
    no_folder_of_the_build_is_in_the_program,
    the_bill_of_materials_has_what_cyclonedx_wants,
    every_part_has_a_licence_that_may_be_linked,
    every_library_that_is_loaded_is_in_the_bill,
    the_bill_is_the_same_in_two_folders,
)


def main():
    twice = Twice()
    try:
        twice.keep()
        return lab.play(CASES, twice)
    finally:
        shutil.rmtree(twice.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
