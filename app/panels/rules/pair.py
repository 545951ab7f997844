"""The one function that says whether an expert may sit on the panel of a dossier, and every reason why not."""

from collections.abc import Iterable, Iterator

from app.kernel.words import N_, Message
from app.panels.rules import groups, places
from app.panels.rules.data import (
    NO_CONFLICTS,
    ConflictFact,
    Conflicts,
    DossierFacts,
    ExpertFacts,
    Lifted,
    Objection,
    PairRule,
    Verdict,
    lifting,
)

STATE_TEXTS: dict[str, str] = {
    "unavailable": N_("专家目前不可参加评审，或已谢绝本届邀请。"),
    "away": N_("专家登记的不能参加的日期占满了本轮余下的评分时间。"),
    "removed": N_("专家已移出专家库。"),
    "candidate": N_("专家本人或其单位是本届申报者，不能担任本届评审专家。"),
    "left_out": N_("秘书处没有把这位专家列入本次抽取，理由记录在抽取方案中。"),
}


def judge(
    expert: ExpertFacts,
    dossier: DossierFacts,
    rule: PairRule,
    *,
    as_leader: bool = False,
    conflicts: Conflicts = NO_CONFLICTS,
    panel: Iterable[ExpertFacts] = (),
) -> Verdict:
    """Every reason why this pair is not lawful, and which of them a confirmed exception of this very pair lifts;
    `panel` are the others on it, for the employer rule."""
    found = [*_state(expert), *places.same_region(expert.regions, dossier.regions, rule)]
    found += _conflict(expert, dossier, conflicts)
    if as_leader:
        found += [*_qualification(expert), *places.leader_at_home(expert.regions, rule)]
    found += [*_load(expert), *_employer(expert, panel)]
    lifted = {exception.rule: exception.number for exception in lifting(expert, dossier.id)}
    return Verdict(
        tuple(objection for objection in found if objection.rule not in lifted),
        tuple(Lifted(objection, lifted[objection.rule]) for objection in found if objection.rule in lifted),
    )


def may_lead(expert: ExpertFacts, rule: PairRule) -> bool:
    """Qualified, and from outside the award's own region."""
    return not _qualification(expert) and not places.leader_at_home(expert.regions, rule)


def works_for(expert: ExpertFacts, dossier: DossierFacts) -> bool:
    return bool(expert.employer_code) and expert.employer_code == dossier.credit_code


def is_full(expert: ExpertFacts) -> bool:
    return expert.load >= expert.max_load


# --- the rules one by one -----------------------------------------------------------------------------------------


def _state(expert: ExpertFacts) -> Iterator[Objection]:
    if expert.state != "available":
        yield Objection("state", Message(STATE_TEXTS[expert.state]))


def _conflict(expert: ExpertFacts, dossier: DossierFacts, conflicts: Conflicts) -> Iterator[Objection]:
    if works_for(expert, dossier):
        text = N_("专家的工作单位就是申报者（统一社会信用代码 %(code)s）。")
        yield Objection("conflict", Message(text, {"code": dossier.credit_code}))
    conflict = conflicts.get((expert.id, dossier.id))
    if conflict and groups.is_tie(conflict):
        yield Objection("group", groups.apart_text(conflict.kind, conflict.name))
    elif conflict:
        yield Objection("conflict", _conflict_text(conflict))


def _conflict_text(conflict: ConflictFact) -> Message:
    values: dict[str, object] = {"kind": conflict.name}
    if conflict.since is None and conflict.until is None:
        return Message(N_("专家与申报者存在利害关系：%(kind)s。"), values)
    if conflict.until is None:
        return Message(N_("专家与申报者存在利害关系：%(kind)s（%(since)s 起）。"), values | {"since": conflict.since})
    text = N_("专家与申报者存在利害关系：%(kind)s（%(until)s 止，仍在回溯期内）。")
    return Message(text, values | {"until": conflict.until})


def _qualification(expert: ExpertFacts) -> tuple[Objection, ...]:
    if expert.may_lead:
        return ()
    return (Objection("qualification", Message(N_("专家库中没有记录该专家可以担任组长。"))),)


def _load(expert: ExpertFacts) -> Iterator[Objection]:
    if is_full(expert):
        text = N_("专家已承担 %(load)s 份材料，达到上限 %(limit)s 份。")
        yield Objection("load", Message(text, {"load": expert.load, "limit": expert.max_load}))


def _employer(expert: ExpertFacts, panel: Iterable[ExpertFacts]) -> Iterator[Objection]:
    for other in panel:
        if other.id != expert.id and expert.employer_code and other.employer_code == expert.employer_code:
            text = N_("专家组中已有同一单位（%(code)s）的专家。")
            yield Objection("employer", Message(text, {"code": expert.employer_code}))
            return
