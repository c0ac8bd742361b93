#!/usr/bin/env python3
"""Writes stdlib/case_tables.h: upper and lower case of Unicode, from Python's unicodedata.

Rerun it to move to a newer Unicode version: tools/make_case_tables.py > stdlib/case_tables.h
"""
import sys
import unicodedata


def mappings(convert):
    simple, full = {}, {}
    for point in range(0x80, 0x110000):
        if 0xD800 <= point <= 0xDFFF:
            continue
        to = convert(chr(point))
        if to == chr(point):
            continue
        if len(to) == 1:
            simple[point] = ord(to)
        else:
            full[point] = [ord(c) for c in to]
    return simple, full


def ranges(simple):
    """Runs (first, last, step, delta) of code points that move by the same distance, each point or every second one."""
    result = []
    for point in sorted(simple):
        delta = simple[point] - point
        if result:
            first, last, step, same = result[-1]
            if same == delta and point - last in ((1, 2) if first == last else (step,)):
                result[-1] = (first, point, point - last, same)
                continue
        result.append((point, point, 1, delta))
    return result


def table(name, rows):
    print(f"inline constexpr CaseRange {name}[] = {{")
    for first, last, step, delta in rows:
        print(f"    {{{first:#x}, {last:#x}, {step}, {delta}}},")
    print("};")


upper, upper_full = mappings(str.upper)
lower, lower_full = mappings(str.lower)
print(f"""// Made by tools/make_case_tables.py from Unicode {unicodedata.unidata_version}: code points from U+0080 on.
#pragma once

#include <cstdint>

namespace weir::stdlib {{

// Code points first, first + step … last become themselves + delta.
struct CaseRange {{
  uint32_t first;
  uint32_t last;
  uint32_t step;
  int32_t delta;
}};
// A code point that becomes two or three.
struct CaseExpansion {{
  uint32_t point;
  uint32_t to[3];
}};

// Sorted.""")
table("kUpperRanges", ranges(upper))
table("kLowerRanges", ranges(lower))
for name, full in (("kUpperExpansions", upper_full), ("kLowerExpansions", lower_full)):
    print(f"inline constexpr CaseExpansion {name}[] = {{")
    for point in sorted(full):
        to = full[point] + [0] * (3 - len(full[point]))
        print(f"    {{{point:#x}, {{{', '.join(f'{t:#x}' for t in to)}}}}},")
    print("};")
print("\n}  // namespace weir::stdlib")
print(len(ranges(upper)), len(ranges(lower)), len(upper_full), len(lower_full), file=sys.stderr)
