"""The blueprint, and what several pages of a session share."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.defences import services
from app.defences.models import DefenceSession
from app.policy import allows
from app.web.guard import actor

blueprint = Blueprint("defences", __name__, template_folder="../templates")

Answer = Response | str | tuple[str, int]
ACTS = ("edit", "commit", "draw", "begin", "call", "correct", "end", "read_results")


def page(template: str, session: DefenceSession, **context: Any) -> str:
    who = actor()
    return render_template(
        f"defences/{template}.html",
        session=session,
        rule=services.rule_for(session),
        may={act: allows(who, f"defence.{act}", session) for act in ACTS},
        judges=who.expert_id in session.panel,
        **context,
    )


def done(sentence: str, endpoint: str, session: DefenceSession) -> Response:
    flash(sentence, "done")
    return redirect(url_for(f"defences.{endpoint}", session_id=session.id), 303)
