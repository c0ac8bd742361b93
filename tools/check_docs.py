#!/usr/bin/env python3
"""Checks the documentation: the folder table of docs/architecture.md lists the folders there are, and links resolve."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE_ROW = re.compile(r"^\|((?:\s*`[\w./-]+/`,?)+)\s*\|")
FOLDER = re.compile(r"`([\w./-]+)/`")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# Trees whose folders are listed one by one; of other trees the top folder alone.
LISTED = ("compiler", "runtime")


def tracked():
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def folders_of(files):
    result = set()
    for file in files:
        parts = file.split("/")[:-1]
        if parts and not parts[0].startswith("."):
            result.add("/".join(parts) if parts[0] in LISTED else parts[0])
    return result


def anchors_of(text):
    titles = re.findall(r"^#+\s+(.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def main():
    files = [f for f in tracked() if (ROOT / f).exists()]
    problems = []

    listed = set()
    for line in (ROOT / "docs/architecture.md").read_text().splitlines():
        if row := TABLE_ROW.match(line):
            listed.update(FOLDER.findall(row[1]))
    there = folders_of(files)
    problems += [f"docs/architecture.md: folder `{f}/` is missing in the table" for f in sorted(there - listed)]
    problems += [f"docs/architecture.md: the table lists `{f}/`, which does not exist" for f in sorted(listed - there)]

    for file in files:
        if not file.endswith(".md"):
            continue
        text = (ROOT / file).read_text()
        for target in LINK.findall(FENCE.sub("", text)):
            if re.match(r"^[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            goal = (ROOT / file).parent / path if path else ROOT / file
            if not goal.exists():
                problems.append(f"{file}: link to {target}: no such file")
            elif anchor and goal.suffix == ".md" and anchor not in anchors_of(goal.read_text()):
                problems.append(f"{file}: link to {target}: no such heading")

    print("\n".join(problems + [f"check_docs: {len(there)} folders, {len(problems)} problems"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
