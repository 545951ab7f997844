"""From my work an expert comes to the talks and the visits that belong to it."""

from typing import Any

import pytest


@pytest.mark.demo("scoring")
def test_my_work_leads_to_the_talks_and_the_visits(signed_in: Any) -> None:
    expert = signed_in("expert@demo.example")
    links = expert.page("/work").links()
    for place in ("/consensus", "/visits"):
        assert place in links
        assert expert.get(place).status_code == 200
