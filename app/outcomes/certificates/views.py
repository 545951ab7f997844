"""Screens of certificates: the holder's own, the file, and the public check of a code."""

import io

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.kernel.typesetting import PDF_TYPE
from app.outcomes.certificates import queries, rules, services
from app.outcomes.certificates.forms import CodeForm
from app.outcomes.certificates.models import Certificate
from app.web.downloads import attachment
from app.web.guard import needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("certificates", __name__, template_folder="templates")


def _certificate(certificate_id: int) -> Certificate:
    return reach(queries.find(certificate_id), "certificate.read")


@blueprint.get("/certificates/<int:certificate_id>")
@needs_on_subject("certificate.read")
def show(certificate_id: int) -> str:
    found = _certificate(certificate_id)
    return render_template(
        "certificates/show.html",
        found=found,
        code=rules.shown(found.code),
        address=services.address_of(found),
        revoked=queries.revocation_of(found),
    )


@blueprint.get("/certificates/<int:certificate_id>/certificate.pdf")
@needs_on_subject("certificate.read")
def pdf(certificate_id: int) -> Response:
    found = _certificate(certificate_id)
    made = io.BytesIO(services.pdf_of(found))
    return attachment(made, filename=_("证书-%(number)s.pdf", number=found.number), media_type=PDF_TYPE)


@blueprint.get("/verify")
@needs("certificate.verify")
def ask() -> Answer | str:
    form = CodeForm(request.args)
    if form.text("code") and form.validate():
        return redirect(url_for("certificates.verify", code=rules.shown(rules.plain(form.text("code")))), 303)
    return render_template("certificates/verify.html", form=form, answer=None, code="")


@blueprint.get("/verify/<code>")
@needs("certificate.verify")
def verify(code: str) -> str:
    answer = queries.answer(code)
    return render_template(
        "certificates/verify.html", form=CodeForm(request.args), answer=answer, code=rules.shown(answer.code)
    )
