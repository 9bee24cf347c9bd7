# SPDX-License-Identifier: Apache-2.0
# lint/opened.py - the relay without checks is a test, and nothing ships it
import json
import re

import project

SWITCH = "CTI_OPEN_" + "FOR_TESTS"
PRESET = "open"
SHIPPED = ("src/", "include/", "www/", "cmake/", "dev", ".github/")
DEFAULT = re.compile(r"option\(" + SWITCH + r'\s+"[^"]*"\s+OFF\)')


def sets_it(preset):
    return SWITCH in json.dumps(preset)


def presets_at_fault(presets):
    """Names of presets that set the switch and are not the one that may."""
    for preset in presets:
        bases = preset.get("inherits", [])
        bases = [bases] if isinstance(bases, str) else bases
        if preset["name"] != PRESET and (sets_it(preset) or PRESET in bases):
            yield preset["name"]


def presets():
    data = json.loads(project.read("CMakePresets.json"))
    for name in presets_at_fault(data["configurePresets"]):
        yield f"CMakePresets.json:1 the preset {name} opens the relay"
    if not any(map(sets_it, data["configurePresets"])):
        yield f"CMakePresets.json:1 the preset {PRESET} is not there"


def shipped():
    if not DEFAULT.search(project.read("CMakeLists.txt")):
        yield f"CMakeLists.txt:1 {SWITCH} must be OFF by default"
    for name in project.select(("",), SHIPPED):
        for word in (SWITCH, "patchcord-open"):
            if word in project.read(name):
                yield f"{name}:{project.find(name, word)} knows {word}"
    name = "tests/browser/security/CMakeLists.txt"
    if "install(" in project.read(name):
        yield f"{name}:1 installs the open relay"


RULES = {
    "open relay: only its own preset makes it": presets,
    "open relay: nothing that ships knows it": shipped,
}
