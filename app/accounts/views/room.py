"""The blueprint, and what the screens of accounts share."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from app.accounts import services
from app.accounts.services import WrongPassword
from app.kernel import unit_of_work
from app.kernel.errors import Invalid
from app.web.formats import say
from app.web.forms import BaseForm

blueprint = Blueprint("accounts", __name__, template_folder="../templates")

Answer = Response | str | tuple[str, int]


def address() -> str:
    return request.remote_addr or ""


def refused_attempt(
    form: BaseForm, refused: Invalid | WrongPassword, *, email: str, page: str, **shown: object
) -> tuple[str, int]:
    """The attempt is counted although the answer is a refusal, which the edge would roll back."""
    unit_of_work.rollback()
    with unit_of_work.transaction():
        services.note_failed_attempt(email, address())
    form.blame(refused.field, say(refused.message))
    return render_template(page, form=form, **shown), refused.status
