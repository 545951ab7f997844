"""Which dossiers experts in common hold together."""

from app.ranking.calibration.data import Table


def parts(table: Table) -> tuple[tuple[str, ...], ...]:
    """The connected sets of dossiers, the largest first, equals by their first dossier."""
    above = list(range(len(table.dossiers) + len(table.experts)))

    def top(node: int) -> int:
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for dossier, expert in zip(table.d.tolist(), table.e.tolist(), strict=True):
        above[top(dossier)] = top(len(table.dossiers) + expert)
    found: dict[int, list[str]] = {}
    for place, name in enumerate(table.dossiers):
        found.setdefault(top(place), []).append(name)
    return tuple(sorted((tuple(each) for each in found.values()), key=lambda part: (-len(part), part[0])))
