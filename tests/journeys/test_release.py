"""How far a dossier came is told to its applicant when the result is out, and not before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.client import Client

DROPPED = "未入围"
QUIET = "评审中"


@pytest.mark.demo("committee")
def test_before_the_result_a_dropped_dossier_reads_as_under_review(signed_in: Callable[[str], Client]) -> None:
    applicant = signed_in("applicant@demo.example")
    listed = applicant.page("/applications")
    assert QUIET in listed.text
    assert DROPPED not in listed.text
    assert DROPPED not in applicant.page(_first_dossier(listed)).text


@pytest.mark.demo("result")
def test_after_the_result_the_applicant_reads_how_far_the_dossier_came(signed_in: Callable[[str], Client]) -> None:
    applicant = signed_in("applicant@demo.example")
    listed = applicant.page("/applications")
    assert DROPPED in listed.text
    assert DROPPED in applicant.page(_first_dossier(listed)).text


def _first_dossier(listed: object) -> str:
    links = [link.get("href") for link in listed.all("a")]  # type: ignore[attr-defined]
    return next(href for href in links if href and href.removeprefix("/applications/").isdigit())
