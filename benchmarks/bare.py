"""The yardstick: the same pages over the same tables in plain Flask and Flask-SQLAlchemy, one plain way to write them.

ORM objects, Jinja pages of about the same size, the user's id in the signed cookie, no caching; no languages, no workflow, no hash
chain, no replay of double clicks. What this file costs is 1.00 in results.md.
"""

import os
import sqlite3
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, render_template, request, session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, ForeignKey, event, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

ROOT = Path(__file__).resolve().parent.parent
CRITERIA = tomllib.loads((ROOT / "rulebooks" / "criteria" / "gbt-19580-2012.toml").read_text(encoding="utf-8"))
SEATED = ("waiting", "cleared")
ROW_STATES = {"draft": "评分中", "submitted": "已提交"}


db = SQLAlchemy()
Model: Any = db.Model


class User(Model):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Edition(Model):
    __tablename__ = "edition"
    id: Mapped[int] = mapped_column(primary_key=True)
    title_zh: Mapped[str]
    state: Mapped[str]


class Round(Model):
    __tablename__ = "round"
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int]
    key: Mapped[str]
    name_zh: Mapped[str]
    state: Mapped[str]


class Period(Model):
    __tablename__ = "period"
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int]
    key: Mapped[str]
    opens_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    closes_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Expert(Model):
    __tablename__ = "expert"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]


class Application(Model):
    __tablename__ = "application"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    number: Mapped[str]
    region_code: Mapped[str]
    group_key: Mapped[str]


class Assignment(Model):
    __tablename__ = "assignment"
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int]
    state: Mapped[str]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    application: Mapped[Application] = relationship()
    round: Mapped[Round] = relationship()
    sheet: Mapped["ScoreSheet"] = relationship(back_populates="assignment")


class ScoreSheet(Model):
    __tablename__ = "score_sheet"
    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    total_twentieths: Mapped[int]
    items_scored: Mapped[int]
    items_total: Mapped[int]
    state: Mapped[str]
    assignment: Mapped[Assignment] = relationship(back_populates="sheet")
    application: Mapped[Application] = relationship()
    round: Mapped[Round] = relationship()
    expert: Mapped[Expert] = relationship()


class ItemScore(Model):
    __tablename__ = "item_score"
    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int]
    item_code: Mapped[str]
    position: Mapped[int]
    points: Mapped[int]
    percent: Mapped[int | None]
    strengths: Mapped[str]
    improvements: Mapped[str]
    version: Mapped[int]


class Receipt(Model):
    __tablename__ = "receipt"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int]
    version_number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class Ranking(Model):
    __tablename__ = "ranking"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    digest: Mapped[str]
    computed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str]
    round: Mapped[Round] = relationship()


class RankingRow(Model):
    __tablename__ = "ranking_row"
    id: Mapped[int] = mapped_column(primary_key=True)
    ranking_id: Mapped[int]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    position: Mapped[int]
    rank: Mapped[int | None]
    shown: Mapped[str]
    tied: Mapped[bool]
    line: Mapped[str]
    reviews: Mapped[int]
    application: Mapped[Application] = relationship()


class Outcome(Model):
    __tablename__ = "outcome"
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    position: Mapped[int]
    level_zh: Mapped[str]
    name: Mapped[str]
    region_code: Mapped[str]
    state: Mapped[str]
    edition: Mapped[Edition] = relationship()


class BareEvent(Model):
    """Its own record: the product's is chained and refuses rows that are not."""

    __tablename__ = "bare_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    user_id: Mapped[int]
    action: Mapped[str]
    sheet_id: Mapped[int]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=os.environ["SECRET_KEY"],
        SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"],
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
    )
    db.init_app(app)
    app.add_url_rule("/", view_func=public)
    app.add_url_rule("/work", view_func=worklist)
    app.add_url_rule("/sheets/<int:sheet_id>", view_func=sheet)
    app.add_url_rule("/sheets/<int:sheet_id>/items/<code>", view_func=save_item, methods=["POST"])
    app.add_url_rule("/rankings/<int:ranking_id>", view_func=ranking)
    return app


@event.listens_for(Engine, "connect")
def prepare_sqlite(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        for pragma in ("journal_mode=WAL", "busy_timeout=15000", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")


# --- pages --------------------------------------------------------------------------------------------------------


def signed_in() -> User:
    user = db.session.get(User, session.get("user_id", 0))
    if user is None:
        abort(403)
    return user


def current_edition() -> Edition | None:
    return db.session.scalar(select(Edition).where(Edition.state == "running").order_by(Edition.id.desc()).limit(1))


def public() -> str:
    edition = current_edition()
    honours = db.session.scalars(
        select(Outcome)
        .options(joinedload(Outcome.edition, innerjoin=True))
        .where(Outcome.state == "published")
        .order_by(Outcome.edition_id.desc(), Outcome.position)
    ).all()
    calendar = periods(edition) if edition else []
    now = datetime.now(UTC)
    return render_template("public.html", user=None, edition=edition, calendar=calendar, honours=honours, now=now)


def periods(edition: Edition) -> Sequence[Period]:
    return db.session.scalars(select(Period).where(Period.edition_id == edition.id).order_by(Period.opens_at)).all()


def worklist() -> str:
    user, edition = signed_in(), current_edition()
    assert edition is not None
    rows = db.session.scalars(
        select(Assignment)
        .join(Expert, Expert.id == Assignment.expert_id)
        .options(
            joinedload(Assignment.application, innerjoin=True),
            joinedload(Assignment.round, innerjoin=True),
            joinedload(Assignment.sheet),
        )
        .where(Expert.user_id == user.id, Assignment.edition_id == edition.id, Assignment.state.in_(SEATED))
        .order_by(Assignment.id)
    ).all()
    due = {period.key: period.closes_at.replace(tzinfo=UTC) for period in periods(edition)}
    return render_template(
        "worklist.html", user=user, edition=edition, rows=rows, due=due, states=ROW_STATES, now=datetime.now(UTC)
    )


def own_sheet(sheet_id: int, user: User) -> ScoreSheet:
    found = db.session.scalar(
        select(ScoreSheet)
        .options(
            joinedload(ScoreSheet.application, innerjoin=True),
            joinedload(ScoreSheet.round, innerjoin=True),
            joinedload(ScoreSheet.expert, innerjoin=True),
        )
        .where(ScoreSheet.id == sheet_id)
    )
    if found is None or found.expert.user_id != user.id or found.state != "draft":
        abort(404)
    return found


def sheet(sheet_id: int) -> str:
    user, edition = signed_in(), current_edition()
    found = own_sheet(sheet_id, user)
    items = db.session.scalars(
        select(ItemScore).where(ItemScore.sheet_id == found.id).order_by(ItemScore.position)
    ).all()
    receipt = db.session.scalar(
        select(Receipt)
        .where(Receipt.application_id == found.application_id)
        .order_by(Receipt.version_number.desc())
        .limit(1)
    )
    return render_template(
        "sheet.html",
        user=user,
        edition=edition,
        sheet=found,
        items={item.item_code: item for item in items},
        dossier=receipt.content if receipt else None,
        criteria=CRITERIA,
    )


def save_item(sheet_id: int, code: str) -> Response:
    user = signed_in()
    found = own_sheet(sheet_id, user)
    item = db.session.scalar(select(ItemScore).where(ItemScore.sheet_id == found.id, ItemScore.item_code == code))
    if item is None:
        abort(404)
    percent = request.form.get(f"{code}-percent", type=int)
    before, item.percent = item.percent, percent
    item.strengths = request.form[f"{code}-strengths"].strip()
    item.improvements = request.form[f"{code}-improvements"].strip()
    item.version += 1
    found.total_twentieths += item.points * ((percent or 0) - (before or 0)) // 5
    detail = {"code": code, "from": before, "to": percent}
    db.session.add(
        BareEvent(at=datetime.now(UTC), user_id=user.id, action="save_item", sheet_id=found.id, detail=detail)
    )
    version, total = item.version, found.total_twentieths
    db.session.commit()
    return jsonify(version=version, total=total / 20)


def ranking(ranking_id: int) -> str:
    user, edition = signed_in(), current_edition()
    found = db.session.scalar(
        select(Ranking).options(joinedload(Ranking.round, innerjoin=True)).where(Ranking.id == ranking_id)
    )
    if found is None:
        abort(404)
    rows = db.session.scalars(
        select(RankingRow)
        .options(joinedload(RankingRow.application, innerjoin=True))
        .where(RankingRow.ranking_id == ranking_id)
        .order_by(RankingRow.position)
    ).all()
    return render_template("ranking.html", user=user, edition=edition, ranking=found, rows=rows)
