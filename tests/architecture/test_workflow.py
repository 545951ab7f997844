"""The state table: every state can be reached, has its words, and every step is named after its subject."""

import pytest

from app.workflow import LIFECYCLES, Lifecycle, find, transitions

ALL = pytest.mark.parametrize("lifecycle", LIFECYCLES.values(), ids=LIFECYCLES.keys())
TONES = {"quiet", "waiting", "active", "done", "fault"}


@ALL
def test_every_state_can_be_reached_from_the_first(lifecycle: Lifecycle) -> None:
    reached, grew = {lifecycle.initial}, True
    while grew:
        following = {step.target for step in lifecycle.transitions if reached.intersection(step.sources)}
        grew = not following <= reached
        reached |= following
    assert reached == set(lifecycle.states)


@ALL
def test_every_state_has_a_word_and_a_look(lifecycle: Lifecycle) -> None:
    assert set(lifecycle.labels) == set(lifecycle.states)
    for label in lifecycle.labels.values():
        assert label.internal
        assert label.public
        assert label.tone in TONES


@ALL
def test_two_states_never_read_alike_to_those_who_run_the_award(lifecycle: Lifecycle) -> None:
    words = [label.internal for label in lifecycle.labels.values()]
    assert len(words) == len(set(words))


@ALL
def test_the_life_ends_somewhere(lifecycle: Lifecycle) -> None:
    left = {source for step in lifecycle.transitions for source in step.sources if step.target != source}
    assert set(lifecycle.states) - left


def test_a_step_is_named_after_its_subject_and_only_once() -> None:
    actions = [step.action for _lifecycle, step in transitions()]
    assert len(actions) == len(set(actions))
    for lifecycle, step in transitions():
        assert step.action.partition(".")[0] == lifecycle.subject
        assert find(step.action) == (lifecycle, step)
        assert step.label
        assert step.sources


@pytest.mark.parametrize("action", ["application.steal", "nothing.submit", "submit"])
def test_an_unknown_step_is_an_error(action: str) -> None:
    with pytest.raises(KeyError):
        find(action)
