"""Rankings: computed when a round's scores are in, confirmed by the office; confirming decides who goes on."""

from collections.abc import Mapping

from app.applications.models import Application
from app.audit import services as audit
from app.consensus import queries as consensus
from app.defences.combined import Combined
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.exact import to_text
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Rulebook
from app.ranking import advice_queries, advising, queries, rules
from app.ranking.advice import record
from app.ranking.facts import facts_of
from app.ranking.models import Ranking, RankingAdvice, RankingRow
from app.ranking.official import Row, Unscorable
from app.workflow import ApplicationState, RankingState, RoundState

NOT_ON_THE_SHORTLIST = N_("未进入本轮排名的入围线，理由见已确认的排名。")


def missing_for_computing(round_: Round) -> list[Message]:
    """The scores and the panels' reports must be in, the result not yet confirmed, and somebody there to be ranked."""
    conditions = (
        (round_.state is RoundState.CLOSED, Message(N_("“%(round)s”的评分还没有结束。"), {"round": round_.name})),
        (
            queries.latest(round_.id, RankingState.CONFIRMED) is None,
            Message(N_("“%(round)s”的排名已经确认，不能重新计算。"), {"round": round_.name}),
        ),
        (bool(queries.candidates(round_)), Message(N_("这一轮没有评审中的申报，没有可以排名的对象。"))),
    )
    talking = [
        Message(N_("%(dossier)s：专家组还没有发布合议报告。"), {"dossier": number})
        for number in consensus.unreleased(round_)
    ]
    return [message for holds, message in conditions if not holds] + talking


def compute(actor: Actor, round_: Round) -> Ranking:
    """The official ranking after a round, over this round and those before it; an earlier one not confirmed is superseded."""
    demand(actor, "ranking.compute")
    if missing := missing_for_computing(round_):
        raise NotReady(missing)
    previous = queries.latest(round_.id, RankingState.COMPUTED)
    if previous is not None:
        advance(previous, "ranking.supersede", actor)
    dossiers = queries.candidates(round_)
    ranking = _stored(round_, _computed(round_, dossiers), dossiers)
    detail = {"digest": ranking.digest, "number": ranking.number, "round": round_.key}
    audit.record(actor, "ranking.compute", ranking, after=ranking.state, detail=detail)
    return ranking


def _stored(round_: Round, computed: rules.Computed, dossiers: Mapping[str, int]) -> Ranking:
    rulebook = rulebook_of(round_.edition)
    ranking = Ranking(
        edition_id=round_.edition_id,
        round_id=round_.id,
        number=queries.next_number(round_.id),
        is_final=rules.is_final(rulebook, round_.key),
        snapshot=computed.record,
        summary=rules.summary(computed, rulebook),
        digest=digest(computed.record),
        computed_at=clock.now(),
    )
    db.session.add(ranking)
    db.session.flush()
    bases, off = rules.bases(computed.record, rulebook), rules.deducted_points(computed.record)
    for row in computed.ranking.rows:
        stored = _row(ranking, row, dossiers[row.dossier], rulebook)
        stored.bases, stored.deductions = bases.get(row.dossier, {}), off.get(row.dossier, {})
        db.session.add(stored)
    db.session.flush()
    return ranking


def _computed(round_: Round, dossiers: Mapping[str, int]) -> rules.Computed:
    """NotReady where the rulebook prescribes standardised scores and some have no value: nothing is put in their place."""
    rulebook = rulebook_of(round_.edition)
    try:
        return rules.compute(
            rulebook,
            round_.key,
            list(dossiers),
            queries.reviews(round_),
            agreed=queries.agreed(round_),
            deductions=queries.deductions(round_),
            facts=facts_of(round_),
        )
    except Unscorable as refused:
        raise NotReady([rules.with_names(reason, rulebook) for reason in refused.reasons]) from refused


def standings(round_: Round) -> dict[int, Combined]:
    """By dossier what the rounds so far come to: as the round's ranking says, or as it would say today."""
    ranking = queries.latest(round_.id, RankingState.COMPUTED, RankingState.CONFIRMED)
    if ranking is not None:
        return {row.application_id: Combined(row.rounds, row.shown) for row in ranking.rows}
    dossiers, rulebook = queries.candidates(round_), rulebook_of(round_.edition)
    rows = _computed(round_, dossiers).ranking.rows if dossiers else ()
    return {dossiers[row.dossier]: Combined(rules.shown_rounds(row, rulebook), row.shown) for row in rows}


def _row(ranking: Ranking, row: Row, application_id: int, rulebook: Rulebook) -> RankingRow:
    return RankingRow(
        ranking_id=ranking.id,
        application_id=application_id,
        position=row.position,
        rank=row.rank,
        score="" if row.score is None else to_text(row.score),
        shown=row.shown,
        tied=row.tied,
        straddles=row.straddles,
        line=row.line,
        advances=row.advances,
        reviews=row.reviews,
        rounds=rules.shown_rounds(row, rulebook),
        reason={} if row.reason is None else {"text": row.reason.text, "values": dict(row.reason.values)},
    )


def note_export(actor: Actor, ranking: queries.RankingView, *, sha256: str) -> None:
    """Who takes the ranking along, and the digest of the very file."""
    audit.record_look(actor, "ranking.export", ranking, detail={"sha256": sha256})


def missing_for_confirming(ranking: Ranking) -> list[Message]:
    """What was computed must still be so: a recusal or a withdrawal since then asks for a new computation."""
    round_ = ranking.round
    if ranking.state is RankingState.COMPUTED and _outdated(ranking, round_):
        return [Message(N_("计算之后，评分或申报有了变化（例如专家回避、申报撤回）。请重新计算排名。"))]
    return []


def _outdated(ranking: Ranking, round_: Round) -> bool:
    """What could not be computed any more is outdated, too."""
    try:
        return digest(_computed(round_, queries.candidates(round_)).record) != ranking.digest
    except NotReady:
        return True


def confirm(actor: Actor, ranking: Ranking) -> None:
    """Freeze the ranking. Between rounds the first places go on and the others leave the review; nobody is told yet."""
    demand(actor, "ranking.confirm", ranking)
    if missing := missing_for_confirming(ranking):
        raise NotReady(missing)
    advice = _advised(ranking)
    advance(ranking, "ranking.confirm", actor, detail={"digest": ranking.digest, "advice": advice.digest})
    db.session.add(advice)
    if not ranking.is_final:
        _send_on(actor, ranking)


def _advised(ranking: Ranking) -> RankingAdvice:
    """What is said beside the ranking is worked out once, with it, and never again but to check it."""
    basis, beside = advice_queries.basis(ranking), advice_queries.beside(ranking)
    given, content = advising.given(basis, beside), advising.content(basis, beside)
    return RankingAdvice(
        ranking_id=ranking.id,
        version=record.version(),
        seed=given["seed"],
        given=given,
        content=content,
        digest=advice_queries.digest_of(given, content),
        computed_at=clock.now(),
    )


def _send_on(actor: Actor, ranking: Ranking) -> None:
    onward = queries.round_after(ranking.round)
    for row in ranking.rows:
        application: Application = row.application
        if application.state is not ApplicationState.UNDER_REVIEW:
            continue
        if row.advances:
            advance(application, "application.shortlist", actor, detail={"ranking": ranking.id, "round": onward.key})
            application.round_id = onward.id
        else:
            advance(application, "application.drop", actor, reason=NOT_ON_THE_SHORTLIST, detail={"ranking": ranking.id})
    db.session.flush()
