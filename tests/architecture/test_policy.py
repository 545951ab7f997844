"""The whole permission table: role × action × state against a reviewed file, and the promises that no edit may break."""

import json

import pytest

from app.kernel.actor import Actor, Role
from app.policy import RULES, allows, refusal
from app.policy.scopes import Scope
from app.workflow import transitions
from scripts.permission_matrix import GOLDEN, LINK, OWN, SYSTEM, VISITOR, actors, matrix, stand_in, states_of

LOOKS = (".read", ".read_list", ".read_document", ".read_results", ".watch", ".list", ".verify", ".export", ".follow")
EVERYBODY = frozenset(action for action in RULES if allows(Actor.anonymous(), action, stand_in(OWN, "none")))
OF_ONESELF = frozenset({"account.edit", "account.sign_out", "account.end_session", "desk.read"})
OF_ONESELF |= {f"token.{act}" for act in ("list", "create", "read", "revoke")} | {"api.editions", "api.results"}


def allowed(name: str) -> set[str]:
    """What a role may do somewhere, beyond what everybody may and what concerns only his own account."""
    return {action for action, told in matrix().items() if name in told} - EVERYBODY - OF_ONESELF


def test_the_matrix_is_the_reviewed_one() -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert matrix() == golden, "read the difference; if it is meant: python -m scripts.permission_matrix"


@pytest.mark.parametrize("name", [VISITOR, Role.APPLICANT, Role.RECOMMENDER, Role.EXPERT, Role.LEADER, Role.OPERATOR])
def test_who_is_judged_and_who_judges_never_see_a_ranking(name: str) -> None:
    assert {action for action in allowed(name) if action.startswith("ranking.")} == set()


TAKEN_ALONG = {"export.order", "export.take"}  # a file of what he reads: it changes nothing of an edition


def test_the_supervisor_reads_and_changes_nothing_but_puts_a_secret_of_his_own_into_a_draw() -> None:
    acts = {action for action in allowed(Role.SUPERVISOR) if not action.endswith(LOOKS) and action not in set(Scope)}
    assert acts - TAKEN_ALONG == {"draw.promise", "draw.reveal", "disclosure.answer"}


def test_the_operator_runs_the_system_and_sees_no_dossier() -> None:
    assert {action.partition(".")[0] for action in allowed(Role.OPERATOR)} <= {"user", "system", "notice", "outcome"}


def test_the_office_touches_no_score_vote_or_record() -> None:
    forbidden = {
        "score_sheet.save",
        "score_sheet.submit",
        "score_sheet.read",
        "session.vote",
        "audit.read",
        "user.grant",
    }
    assert allowed(Role.OFFICE).isdisjoint(forbidden)


def test_only_the_expert_himself_writes_a_sheet_and_only_while_it_is_a_draft() -> None:
    assert matrix()["score_sheet.save"] == {"expert": "own in draft"}


def test_who_has_no_seat_at_the_table_sees_a_consensus_only_when_it_is_released() -> None:
    seen = matrix()["consensus.read"]
    assert {name: seen[name] for name in (Role.OFFICE, Role.HEAD)} == dict.fromkeys(
        (Role.OFFICE, Role.HEAD), "in released"
    )
    assert (seen[Role.EXPERT], seen[Role.SUPERVISOR]) == ("own", "always")
    assert matrix()["consensus.edit"] == {"expert": "own in open"}


def test_only_members_vote_and_only_while_voting() -> None:
    assert matrix()["session.vote"] == {"committee": "own in voting"}


def test_an_expert_meets_a_dossier_only_through_a_cleared_assignment() -> None:
    assert {action for action in allowed(Role.EXPERT) if action.startswith("application.")} == set()
    assert matrix()["assignment.read_dossier"] == {"expert": "own in cleared"}


def test_the_system_does_only_what_the_calendar_says_or_a_step_brings_with_it() -> None:
    follows = {"score_sheet.void", "interest_question.lapse"}  # from a recusal; nobody does either by himself
    follows |= {f"pool_import.{step}" for step in ("preview", "refuse", "finish", "give_back")}  # of an upload
    follows |= {"score_sheet.take_over"}  # from a paper that two people have entered
    follows |= {"bundle.make", "bundle.fail", "export.make", "export.fail"}  # of an order
    follows |= {"retention_act.carry_out", "retention_act.stop"}  # of what two people have decided
    follows |= {"consensus.open"}  # from the last sheet of a dossier, or from the end of scoring
    follows |= {"letter.issue"}  # from a decision that the applicant is told of
    follows |= {"feedback_report.typeset"}  # from an approval: the file is made in the background
    by_calendar = {
        "export.expire",
        "yearly_declaration.remind",
        "round.close",
        "notice.close",
        "objection.remind",
        "application.recommend",
        "notice.read",
        "outcome.read",
    }
    assert allowed(SYSTEM) <= by_calendar | follows


def test_a_mailed_link_answers_its_own_invitation_and_opens_nothing_else() -> None:
    mine = {action for action, told in matrix().items() if told.get(LINK) != told.get(VISITOR)}
    assert mine == {f"expert_invitation.{act}" for act in ("read", "accept", "decline")}
    assert {matrix()[action][LINK] for action in mine} == {"own"}


def test_nobody_but_the_applicant_touches_a_draft() -> None:
    draft = stand_in(OWN, "draft")
    seen = {name for name, actor in actors() if allows(actor, "application.read", draft)}
    assert seen == {Role.APPLICANT}


@pytest.mark.parametrize("action", sorted(RULES))
def test_a_refusal_has_a_reason_in_words(action: str) -> None:
    for state in states_of(action):
        for _name, actor in actors():
            failed = refusal(actor, action, stand_in(OWN + 1, state))
            assert failed is None or str(failed.reason)


def test_every_step_of_every_lifecycle_has_a_rule() -> None:
    assert [step.action for _lifecycle, step in transitions() if step.action not in RULES] == []


def test_an_unknown_action_is_an_error_and_never_a_no() -> None:
    with pytest.raises(KeyError):
        allows(Actor.anonymous(), "application.steal")
