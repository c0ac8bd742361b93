#!/usr/bin/env python3
"""Checks the diagnostics of compiler/: each declared once, emitted, and expected by some test.

A declaration is WEIR_ERROR(Name, …), WEIR_WARNING(Name, …) or WEIR_NOTE(Name, …). What is printed ends in its code,
`[name]` in kebab case; a diagnostic is tested if a file under tests/ contains that. tools/untested_diagnostics.txt
lists exceptions, one `code: reason` a line.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXEMPTIONS = ROOT / "tools/untested_diagnostics.txt"
DECLARATION = re.compile(r"^\s*WEIR_(ERROR|WARNING|NOTE)\(\s*(\w+)", re.MULTILINE)
COMMENT = re.compile(r"//.*")


def kebab_case(name):
    return re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower()


def read_exemptions():
    result = {}
    if EXEMPTIONS.exists():
        for line in EXEMPTIONS.read_text().splitlines():
            line = line.partition("#")[0].strip()
            if line:
                code, _, reason = line.partition(":")
                result[code.strip()] = reason.strip()
    return result


def main():
    sources = {
        path: COMMENT.sub("", path.read_text())
        for path in sorted((ROOT / "compiler").rglob("*"))
        if path.suffix in (".h", ".cpp", ".def")
    }
    declared, problems = {}, []
    for path, text in sources.items():
        for match in DECLARATION.finditer(text):
            place = f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start(2)) + 1}"
            name = match[2]
            if name in declared:
                problems.append(f"{place}: {name} is declared at {declared[name]} too")
            else:
                declared[name] = place

    everything = "\n".join(sources.values())
    tests = "\n".join(p.read_text(errors="replace") for p in sorted((ROOT / "tests").rglob("*")) if p.is_file())
    exemptions = read_exemptions()
    for name, place in declared.items():
        code = kebab_case(name)
        if not re.search(rf"\b{name}\s*(\{{|\()", everything):
            problems.append(f"{place}: {name} is never emitted")
        tested = f"[{code}]" in tests
        if not tested and code not in exemptions:
            problems.append(f"{place}: no test under tests/ expects [{code}]")
        if tested and code in exemptions:
            problems.append(f"{EXEMPTIONS.relative_to(ROOT)}: [{code}] is tested, remove its exemption")
    codes = {kebab_case(name) for name in declared}
    for code, reason in exemptions.items():
        if code not in codes:
            problems.append(f"{EXEMPTIONS.relative_to(ROOT)}: [{code}] is not declared anywhere")
        if not reason:
            problems.append(f"{EXEMPTIONS.relative_to(ROOT)}: [{code}] needs a reason")

    print("\n".join(problems + [f"check_diagnostics: {len(declared)} diagnostics, {len(problems)} problems"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
