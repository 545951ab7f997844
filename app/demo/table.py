"""The demo's panels at the table: what the experts agree on where their scores lie apart, with a dissent now and then."""

from dataclasses import replace

from sqlalchemy import select

from app.consensus import queries, services
from app.consensus.models import Consensus
from app.consensus.rules import Proposal, Spread, first_proposal
from app.demo import cast
from app.kernel.actor import Actor
from app.kernel.database import db
from app.programmes.models import Round
from app.workflow import ConsensusState

STEP = 5
FAILS_EVERY, DISSENTS_EVERY, ABOVE_EVERY = 13, 4, 3
WHY_ABOVE = "核对证实性材料后，多数组员认为结果的对比数据充分，较中位数上调一档。（演示用虚构内容）"
WHY_NOT = "组员对结果类目的证据是否充分看法不一，两次讨论后仍未一致。（演示用虚构内容）"
DISSENT = "对标数据只有一年，我仍认为应低一档。（演示用虚构内容）"
REPORT = "专家组逐条核对分歧条款，依据证实性材料议定比例；过程方法系统，部分结果缺少与标杆的对比。（演示用虚构内容）"
FAILED = "专家组讨论后未能一致，各自的评分和理由存档，本轮得分按规则由独立评分合成。（演示用虚构内容）"


def settle_all(round_: Round) -> None:
    """Every open talk of a round comes to its end, by the people whose steps these are."""
    still_open = select(Consensus.id).where(Consensus.round_id == round_.id, Consensus.state == ConsensusState.OPEN)
    ids = db.session.scalars(still_open.order_by(Consensus.application_id)).all()
    for place, consensus_id in enumerate(ids, start=1):
        consensus = queries.find(consensus_id)
        assert consensus is not None
        _settle(consensus, place)


def _settle(consensus: Consensus, place: int) -> None:
    assert consensus.led_by is not None
    leader = cast.as_expert(consensus.led_by)
    if place % FAILS_EVERY == 0:
        services.give_up(leader, consensus, reason=WHY_NOT)
        services.release(leader, consensus, text=FAILED)
        return
    _propose(leader, consensus, above=place % ABOVE_EVERY == 0)
    _answer(consensus, dissents=place % DISSENTS_EVERY == 0)
    services.agree(leader, consensus)
    services.release(leader, consensus, text=REPORT)


def _propose(leader: Actor, consensus: Consensus, *, above: bool) -> None:
    disputed = queries.disagreement(consensus).codes
    services.discuss(leader, consensus, code="".join(disputed[:1]), text=REPORT)
    for place, code in enumerate(disputed):
        _write(leader, consensus, code, STEP if above and place == 0 else 0)
    services.propose(leader, consensus)


def _write(leader: Actor, consensus: Consensus, code: str, lift: int) -> None:
    said = {each.code: each for each in queries.proposals(consensus)}[code]
    stored = {item.item_code: item for item in consensus.items}[code]
    wanted = _settled(said, queries.spreads(consensus)[code], lift)
    services.save_item(leader, consensus, code, wanted, version=stored.version)


def _settled(said: Proposal, found: Spread, lift: int) -> Proposal:
    nearest = first_proposal(found, STEP, disputed=False) or 0
    return replace(said, percent=min(100, nearest + lift), reason=WHY_ABOVE if lift else "")


def _answer(consensus: Consensus, *, dissents: bool) -> None:
    """All but the leader answer; with three or more a last one may dissent without breaking the majority."""
    members = sorted(consensus.panel - {consensus.led_by})
    for expert_id in members:
        contrary = dissents and len(members) > 1 and expert_id == members[-1]
        services.answer(cast.as_expert(expert_id), consensus, confirms=not contrary, text=DISSENT if contrary else "")
