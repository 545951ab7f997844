"""What processes cost, read from /proc: user and system time of a process, its living descendants and those that have ended."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PARENT, OWN_USER, CHILDREN_SYSTEM = 1, 11, 14
"""Positions behind the command's name in /proc/<pid>/stat: ppid; utime, stime, cutime, cstime."""


def cpu_seconds(roots: Iterable[int]) -> float:
    """All of these trees together. A child that ends is counted once more only by its parent, so differences stay true."""
    facts = _facts()
    tree = set(roots)
    grown = True
    while grown:
        found = {pid for pid, fields in facts.items() if fields[PARENT] in tree} - tree
        tree |= found
        grown = bool(found)
    return sum(sum(facts[pid][OWN_USER : CHILDREN_SYSTEM + 1]) for pid in tree if pid in facts) / TICKS


def _facts() -> dict[int, list[int]]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue
            fields = text.rpartition(")")[2].split()
            found[int(entry.name)] = [0, *map(int, fields[1:])]
    return found
