"""Whether chances and rank intervals keep their word, on a simulator's editions with known truth.

`python -m benchmarks.honesty --simulator MODULE [--editions 200] [--scenarios base,…]`: a module on the path with `SC` (scenarios by
name) and `simulate(scenario, number)`, which gives the arrays d, e, y20, q, group, the numbers n and m, and a seed.
"""

import argparse
import importlib
import sys
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.machine import load, machine
from benchmarks.ranking import forecast

SCENARIOS = (
    "base,r3,r3to7,nips,t3,groups,groups_gsd45,weak10,weak10_gsd45,random_gsd45,panels,sev0,small30r5,m100,large300"
)
TOP = 5


@dataclass
class Kept:
    """Sums over editions: dossiers inside their 95 % interval, wrong seats forecast and observed, squared error of chances."""

    inside: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    official: list[tuple[float, int]] = field(default_factory=list)
    likeliest: list[tuple[float, int]] = field(default_factory=list)
    brier: list[float] = field(default_factory=list)

    def add(self, edition: dict[str, Any], told: dict[str, Any]) -> None:
        count = edition["n"]
        rank = np.empty(count, int)
        rank[np.argsort(-edition["q"])] = np.arange(1, count + 1)
        low, high = np.array(told["rank_lo"]), np.array(told["rank_hi"])
        self.inside.append(float(np.mean((rank >= low) & (rank <= high))))
        self.width.append(float(np.mean(high - low + 1)) / count)
        chance = np.array(told["p_top"][str(TOP)])
        means = np.bincount(edition["d"], edition["y20"], count) / np.bincount(edition["d"], minlength=count)
        winners, likeliest = (np.argsort(-each, kind="stable")[:TOP] for each in (means, chance))
        self.official.append((told["wrong"][0], int((rank[winners] > TOP).sum())))
        self.likeliest.append((float((1 - chance[likeliest]).sum()), int((rank[likeliest] > TOP).sum())))
        self.brier.append(float(np.mean((chance - (rank <= TOP)) ** 2)))

    def line(self, name: str) -> str:
        official, likeliest = (np.mean(each, axis=0) for each in (self.official, self.likeliest))
        return (
            f"| {name} | {np.mean(self.inside):.3f} | {np.mean(self.width):.2f} | {official[0]:.2f} / {official[1]:.2f} "
            f"| {likeliest[0]:.2f} / {likeliest[1]:.2f} | {np.mean(self.brier):.4f} |"
        )


def as_edition(found: dict[str, Any]) -> dict[str, Any]:
    rows = zip(found["d"].tolist(), found["e"].tolist(), found["y20"].tolist(), strict=True)
    return {
        "n_dossiers": found["n"],
        "n_experts": found["m"],
        "group": found["group"].tolist(),
        "top": [TOP, 15],
        "seed": found["seed"],
        "reviews": [{"d": dossier, "e": expert, "score20": score} for dossier, expert, score in rows],
    }


def kept(simulator: Any, name: str, editions: int) -> Kept:
    found = Kept()
    for number in range(editions):
        edition = simulator.simulate(simulator.SC[name], number)
        told = forecast(as_edition(edition))
        if "refused" not in told:
            found.add(edition, told)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--editions", type=int, default=200)
    parser.add_argument("--scenarios", default=SCENARIOS)
    asked = parser.parse_args()
    simulator = importlib.import_module(asked.simulator)
    print(f"{machine()}; load {load()}; {asked.editions} editions each\n")
    print(
        "| scenario | 95 % interval covers | its width | wrong of 5, official: forecast / observed | likeliest 5 | Brier |"
    )
    print("| --- | --: | --: | --: | --: | --: |")
    for name in asked.scenarios.split(","):
        print(kept(simulator, name, asked.editions).line(name), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
