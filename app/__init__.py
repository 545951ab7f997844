"""Zhiheng 质衡: a quality award from the call to the archive, so that everybody can check that it was fair."""

from datetime import timedelta

from flask import Flask
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from sqlalchemy.types import TypeDecorator
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app import cli, lifecycle, reactions, web
from app.accounts import sign_in, ties
from app.accounts import views as accounts
from app.api import views as api
from app.applications import views as applications
from app.applications.queries import routing
from app.audit import views as audit
from app.config import Settings
from app.consensus import views as consensus
from app.consensus.queries import agreed_before
from app.decisions import views as decisions
from app.decisions.queries import recused_in
from app.defences import combined
from app.defences import views as defences
from app.desk import views as desk
from app.desk.ties import TIES
from app.experts import obstacles
from app.experts import views as experts
from app.exports import views as exports
from app.intake import queries as formal_check
from app.intake import views as intake
from app.intake.queries import bodies
from app.kernel.database import db, make_safe
from app.notices import views as notices
from app.notices.disclosures import views as disclosures
from app.notices.inquiries import views as inquiries
from app.outcomes import history
from app.outcomes import views as outcomes
from app.outcomes.certificates import views as certificates
from app.outcomes.feedback import views as feedback
from app.outcomes.letters import views as letters
from app.outcomes.retention import views as retention
from app.outcomes.watch import views as watch
from app.panels import merging
from app.panels import views as panels
from app.practice import views as practice
from app.programmes import current
from app.programmes import views as programmes
from app.ranking import stepping_aside
from app.ranking import views as ranking
from app.ranking.services import standings
from app.scoring import earlier
from app.scoring import views as scoring
from app.visits import views as visits
from app.visits.queries import missing_for_scores
from app.web import assets, headers, styleguide

STAGES = (
    programmes,
    experts,
    applications,
    intake,
    practice,
    panels,
    scoring,
    consensus,
    visits,
    defences,
    ranking,
    decisions,
    notices,
    inquiries,
    disclosures,
    outcomes,
    certificates,
    letters,
    feedback,
    watch,
    retention,
)
"""The pipeline: in the order in which a dossier travels."""

AROUND = (accounts, audit, desk, exports, api)
"""What stands beside the pipeline: who people are, what is on record, what waits for whom, what leaves the house."""


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or Settings.from_environment()
    app = Flask(
        __name__,
        instance_path=str(settings.instance_path),
        static_folder=str(assets.FOLDER),
        template_folder="web/templates",
    )
    _configure(app, settings)
    _connect(app)
    sign_in.install(app)
    current.install(app)
    web.install(app)
    lifecycle.install(reactions.TABLE)
    ties.install(TIES)
    obstacles.install(merging.obstacles)
    formal_check.learn_history(history.history_of)
    earlier.learn(agreed_before, missing_for_scores)
    combined.learn(standings)
    stepping_aside.learn(recused_in)
    routing.learn_destination(bodies.destination_of)
    for room in (*STAGES, *AROUND):
        app.register_blueprint(room.blueprint)
    if not settings.is_production:
        app.register_blueprint(styleguide.blueprint)
    cli.install(app)
    _serve_static_files(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True} if settings.database_url.startswith("postgresql") else {},
        TESTING=settings.environment == "testing",
        MAX_CONTENT_LENGTH=settings.max_request_bytes,
        MAX_FORM_MEMORY_SIZE=4_000_000,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_production,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=12 * 3600,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)


def _connect(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        make_safe(db.engine)
    Migrate(app, db, render_as_batch=True, compare_type=True, transactional_ddl=True, render_item=_render_item)


def _render_item(kind: str, item: object, _context: object) -> str | bool:
    """Own column types are written into migrations as the plain type that they store."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def _serve_static_files(app: Flask) -> None:
    """Compressed and kept for a year by the browser: the address carries the file's digest."""

    def add_headers(response_headers: object, _path: str, _url: str) -> None:
        for name, value in headers.HEADERS.items():
            response_headers[name] = value  # type: ignore[index]

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(assets.FOLDER),
        prefix="static/",
        max_age=31536000,
        add_headers_function=add_headers,
        autorefresh=app.debug,
    )
