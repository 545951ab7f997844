"""Other versions of the solvers, installed for the while, find the same lists byte for byte."""

import pytest

from benchmarks import solvers


@pytest.mark.slow
def test_two_other_versions_of_the_solvers_find_the_same_lists(capfd: pytest.CaptureFixture[str]) -> None:
    assert solvers.main(["--pools", "small 42", "small 43"]) == 0
    head, _rule, *rows = capfd.readouterr().out.splitlines()
    assert head.count("HiGHS") == len(solvers.VERSIONS) >= 2
    assert all(row.count("| same") == len(solvers.VERSIONS) for row in rows)
    digests = [row.split("|")[2] for row in rows]
    assert len(set(digests)) == len(digests)  # no answer is empty
