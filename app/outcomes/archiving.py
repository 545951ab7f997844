"""The bundle of an edition, ordered on a page and made by the clock: both versions at once, kept under their digests."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit import services as audit
from app.kernel import clock, files
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.outcomes import bundle as bundles
from app.outcomes import queries
from app.outcomes.bundle.files import zipped
from app.outcomes.models import Bundle
from app.policy import demand
from app.programmes.models import Edition
from app.workflow import BundleState, OutcomeState

MAKER = Actor.system("bundles")
LARGEST = 8_000 * files.MEGABYTE
VERSIONS = (False, True)
VERIFIER = Path(__file__).resolve().parents[2] / "verify"
UNEXPECTED = N_("制作中发生意外错误，详情在系统日志里。请再试一次；仍不成的，请联系系统运维员。")


# --- what there is ------------------------------------------------------------------------------------------------


def find(bundle_id: int) -> Bundle | None:
    return db.session.get(Bundle, bundle_id)


def bundles_of(edition: Edition) -> Sequence[Bundle]:
    """The newest first."""
    found = select(Bundle).options(joinedload(Bundle.orderer)).where(Bundle.edition_id == edition.id)
    return db.session.scalars(found.order_by(Bundle.id.desc())).all()


def published(edition: Edition) -> Bundle | None:
    """The one that everybody may have: the newest that was made, while a result is public."""
    found = select(Bundle).where(Bundle.edition_id == edition.id, Bundle.state == BundleState.MADE)
    return db.session.scalar(found.order_by(Bundle.id.desc()).limit(1)) if not missing(edition) else None


def waiting() -> Sequence[int]:
    return db.session.scalars(select(Bundle.id).where(Bundle.state == BundleState.ORDERED).order_by(Bundle.id)).all()


def missing(edition: Edition) -> list[Message]:
    """Until the result is out nothing of the review leaves the house."""
    public = queries.of_edition(edition.id, OutcomeState.PUBLISHED, OutcomeState.REVOKED)
    return [] if public else [Message(N_("本届结果尚未公布，不能制作存档包。"))]


def missing_to_order(edition: Edition) -> list[Message]:
    under_way = [each for each in bundles_of(edition) if each.state is BundleState.ORDERED]
    told = [Message(N_("已有一个存档包正在制作。请等它制成。"))] if under_way else []
    return [*missing(edition), *told]


# --- made ---------------------------------------------------------------------------------------------------------


def order(actor: Actor, edition: Edition) -> Bundle:
    demand(actor, "bundle.order", edition)
    if refused := missing_to_order(edition):
        raise NotReady(refused)
    made = Bundle(edition_id=edition.id, ordered_by=actor.user_id or 0, ordered_at=clock.now())
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "bundle.order", made, after=made.state)
    return made


def seal(bundle_id: int) -> None:
    """Sign the checkpoint up to which the bundle will reach, where there is none yet."""
    bundles.scope_of(db.session.get_one(Bundle, bundle_id).edition, full=False)


@dataclass(frozen=True)
class Made:
    """Both versions, in the order of VERSIONS."""

    public: bytes
    full: bytes


def build(bundle_id: int, tell: Callable[[int, int], None]) -> Made:
    """Reads much and writes nothing; needs the sealed checkpoint."""
    edition, parts = db.session.get_one(Bundle, bundle_id).edition, len(bundles.PARTS)

    def version(place: int) -> bytes:
        scope = bundles.scope_of(edition, full=VERSIONS[place])
        return bundles.build(scope, lambda done, _total: tell(place * parts + done, len(VERSIONS) * parts))

    return Made(version(0), version(1))


def keep(bundle_id: int, made: Made) -> None:
    found = db.session.get_one(Bundle, bundle_id)
    public, full = _stored(made.public), _stored(made.full)
    found.public_sha256, found.public_bytes = public.sha256, public.size
    found.full_sha256, found.full_bytes = full.sha256, full.size
    found.made_at = clock.now()
    advance(found, "bundle.make", MAKER, detail={"public": public.sha256, "full": full.sha256})


def _stored(content: bytes) -> files.Stored:
    return files.store().put(io.BytesIO(content), limit=LARGEST, check=lambda _path: None)


def give_up(bundle_id: int) -> None:
    advance(db.session.get_one(Bundle, bundle_id), "bundle.fail", MAKER, reason=str(Message(UNEXPECTED)))


def stage_of(*, done: int, total: int) -> Message:
    """What the clock is doing with a bundle, in words."""
    if not total:
        return Message(N_("正在等待处理，通常几秒内开始。"))
    return Message(N_("正在制作：已完成 %(done)s 步，共 %(total)s 步。"), {"done": done, "total": total})


def verifier() -> bytes:
    """The program that checks a bundle, as the folder `verify/` in a ZIP: whoever takes a bundle needs nothing else from here."""
    return zipped({f"{VERIFIER.name}/{each.name}": each.read_bytes() for each in sorted(VERIFIER.glob("*.py"))})
