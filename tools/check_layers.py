#!/usr/bin/env python3
"""Checks the includes of compiler/, runtime/, stdlib/ and cli/ against tools/layers.txt."""

import fnmatch
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TREES = ("compiler/", "runtime/", "stdlib/", "cli/")
INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
OTHER = {"weir_version.h", "tests/ways.def"}  # generated; tables that are read from elsewhere
GRAMMAR = re.compile(r"^Weir(Lexer|Parser)\w*\.h$")
# Headers of the standard library and of the system have no dot or are listed here.
SYSTEM = re.compile(
    r"^(\w+|(sys|net|netinet|arpa|linux)/[\w/.]+|(unistd|fcntl|dirent|dlfcn|poll|pthread|sched|signal|spawn|stdlib|string|"
    r"termios|time|errno|immintrin|x86intrin|cpuid|malloc|glob|pwd|netdb|elf|link|stdint|stddef|stdio|limits|math|execinfo|"
    r"ucontext|locale|wchar|wordexp|getopt|semaphore)\.h|cxxabi\.h)$"
)


def read_layers(path):
    """Returns (folder or pattern -> allowed, foreign prefix -> patterns)."""
    folders, foreign = {}, {}
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, _, rest = line.partition(":")
        if name.startswith("<"):
            foreign.setdefault(name[1:-1], []).extend(rest.split())
        else:
            folders.setdefault(name.strip(), []).extend(rest.split())
    return folders, foreign


def is_pattern(name):
    return "*" in name or name.endswith(".h")


def folder_of(file):
    return file.rpartition("/")[0]


def covers(name, file):
    """Whether a name of layers.txt (folder, header or pattern) covers the file: a folder not its subfolders."""
    return fnmatch.fnmatchcase(file, name) if is_pattern(name) else folder_of(file) == name


def rule_of(file, folders):
    """The rule that holds for a file: a pattern before its folder."""
    for name, allowed in folders.items():
        if is_pattern(name) and fnmatch.fnmatchcase(file, name):
            return allowed
    return folders.get(folder_of(file))


def problems_of(file, text, folders, foreign):
    allowed = rule_of(file, folders)
    if allowed is None:
        yield 1, f"folder {folder_of(file)} is not in tools/layers.txt"
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quoted, angled = match.groups()
        header = quoted or angled
        if header.startswith(TREES):
            if angled:
                yield number, f"write \"{header}\" with quotes"
            if folder_of(header) != folder_of(file) and not any(covers(name, header) for name in allowed):
                yield number, f"{folder_of(file)} may not include {header}"
            continue
        if header in OTHER:
            continue
        prefix = "antlr4" if GRAMMAR.match(header) else next((p for p in foreign if header.startswith(p)), None)
        if prefix is None:
            if quoted:
                yield number, f'"{header}": includes start at the root of the repository'
            elif not SYSTEM.match(header):
                yield number, f"<{header}>: no rule for this foreign header in tools/layers.txt"
            continue
        places = foreign[prefix]
        if not any(covers(place, file) for place in places):
            yield number, f"<{header}> is for {', '.join(places)} only"


def main():
    folders, foreign = read_layers(ROOT / "tools/layers.txt")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.h", "*.cpp"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    count = 0
    files = [f for f in listed if f.startswith(TREES) and (ROOT / f).exists()]
    for file in files:
        for number, problem in problems_of(file, (ROOT / file).read_text(), folders, foreign):
            print(f"{file}:{number}: {problem}")
            count += 1
    print(f"check_layers: {len(files)} files, {count} problems")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
