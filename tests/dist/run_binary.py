#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# dist/run_binary.py - what the release is hardened with, read off the program
"""Usage: run_binary.py PROGRAM

Each case is tried on a program without any of it, too, where it must fail.
"""
import os
import platform
import re
import sys
import tempfile

sys.dont_write_bytecode = True
import lab

SOFT = """#include <stdio.h>
int main(void) { char text[64]; return fgets(text, 64, stdin) ? text[0] : 0; }
"""
SOFT_FLAGS = ["-O1", "-no-pie", "-fno-pie", "-fno-stack-protector",
              "-U_FORTIFY_SOURCE", "-fcf-protection=none", "-z", "execstack",
              "-z", "norelro", "-z", "lazy", "-Wl,-rpath,/tmp"]


ENTRIES = 500  # functions that a jump may reach


class Elf:
    def __init__(self, path):
        self.head = lab.run("readelf", "-hW", path)
        self.segments = lab.run("readelf", "-lW", path)
        self.dynamic = lab.run("readelf", "-dW", path)
        self.symbols = lab.run("readelf", "--dyn-syms", "-W", path)
        self.code = lab.run("objdump", "-d", "--no-show-raw-insn", path)


def it_is_loaded_at_a_random_place(elf):
    assert re.search(r"Type:\s+DYN", elf.head)
    assert re.search(r"FLAGS_1.*\bPIE\b", elf.dynamic)


def its_tables_are_read_only(elf):
    assert "GNU_RELRO" in elf.segments
    assert re.search(r"FLAGS_1.*\bNOW\b|BIND_NOW", elf.dynamic)


def its_stack_runs_no_code(elf):
    stack = re.search(r"GNU_STACK.*", elf.segments)
    assert stack and not re.search(r"\bRWE\b", stack.group()), "GNU_STACK"


def no_memory_is_writable_and_code(elf):
    stack = r"GNU_STACK(?!.*RWE)"  # without it, the kernel makes all readable code
    assert re.search(stack, elf.segments)
    assert not re.search(r"LOAD.*\bRWE\b", elf.segments)


def it_watches_its_stack(elf):
    assert "__stack_chk_fail" in elf.symbols


def it_watches_its_buffers(elf):
    assert len(set(re.findall(r"__\w+_chk\b", elf.symbols))) >= 3


def jumps_land_where_they_may(elf):
    if platform.machine() != "x86_64":
        return  # another processor has other means
    # the note in the program is missing where that of the C library is
    assert len(re.findall(r"\bendbr64\b", elf.code)) > ENTRIES


def it_looks_for_libraries_nowhere_else(elf):
    assert not re.search(r"\((RPATH|RUNPATH|TEXTREL)\)", elf.dynamic)


CASES = (
    it_is_loaded_at_a_random_place,
    its_tables_are_read_only,
    its_stack_runs_no_code,
    no_memory_is_writable_and_code,
    it_watches_its_stack,
    it_watches_its_buffers,
    jumps_land_where_they_may,
    it_looks_for_libraries_nowhere_else,
)


def the_server_does_not_link_the_client(elf):
    assert "libcurl" not in elf.dynamic


def soft(folder):
    source, program = folder + "/soft.c", folder + "/soft"
    with open(source, "w", encoding="utf-8") as file:
        file.write(SOFT)
    lab.run("gcc", *SOFT_FLAGS, "-o", program, source)
    return Elf(program)


def every_case_fails_for_a_program_without_it(_):
    with tempfile.TemporaryDirectory() as folder:
        elf = soft(folder)
    for case in CASES:
        if platform.machine() != "x86_64" and case is jumps_land_where_they_may:
            continue
        try:
            case(elf)
        except AssertionError:
            continue
        raise AssertionError(f"{case.__name__} passes")


def main():
    if len(sys.argv) != 2 or not os.path.exists(sys.argv[1]):
        sys.exit(__doc__)
    return lab.play([*CASES, the_server_does_not_link_the_client,
                     every_case_fails_for_a_program_without_it],
                    Elf(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
