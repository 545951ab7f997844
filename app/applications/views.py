"""Screens of applicants: registration, the dossier and its sections, evidence, hand-in, receipt, withdrawal."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.applications import forms, queries, screens, services
from app.applications.models import ApplicantRegionKind, Application
from app.applications.rules.readiness import report_characters
from app.applications.rules.sections import OVERVIEW
from app.audit import services as audit
from app.kernel import clock, files, regions
from app.kernel.errors import NotFound
from app.policy import allows
from app.programmes import current
from app.programmes.queries import is_open, rulebook_of
from app.programmes.rules.values import ApplicantKind
from app.web.downloads import attachment
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.web.transactions import repeatable

blueprint = Blueprint("applications", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int] | screens.Refused
COUNTRY = "100000"


# --- who applies --------------------------------------------------------------------------------------------------


@blueprint.get("/applications")
@needs("application.create")
def mine() -> Answer:
    applicant, edition = queries.applicant_of(actor()), current.chosen()
    rows = queries.mine(actor())
    open_now = edition is not None and is_open(edition, "application", clock.now())
    started = applicant and edition and queries.own_application(applicant, edition.id)
    return render_template(
        "applications/mine.html",
        applicant=applicant,
        region=applicant and regions.full_name(applicant.region_code),
        rows=rows,
        may_start=open_now and not started,
        open_now=open_now,
    )


@blueprint.route("/applicant", methods=["GET", "POST"])
@needs("application.create")
def register() -> Answer:
    if queries.applicant_of(actor()) is not None:
        return redirect(url_for("applications.correct"), 303)
    form = _applicant_form()
    if form.validate_on_submit():
        with form.problems():
            services.register_applicant(actor(), kind=ApplicantKind(form.text("kind")), **form.described())
            flash(_("申报者已登记，可以开始填写申报书了。"), "done")
            return redirect(url_for("applications.mine"), 303)
    return render_template("applications/applicant.html", form=form, counties=_home_counties()), form.status


@blueprint.route("/applicant/correct", methods=["GET", "POST"])
@needs_on_subject("applicant.edit")
def correct() -> Answer:
    applicant = reach(queries.applicant_of(actor()), "applicant.edit")
    county = applicant.region_code if regions.level_of(applicant.region_code) == "county" else ""
    stored = {name: getattr(applicant, name) for name in ("name", "credit_code", "industry_code")} | {
        "kind": applicant.kind.value,
        "city": regions.prefix(applicant.region_code, "city") + "00",
        "county": regions.full_name(county).zh if county else "",
        "contact_name": applicant.contact_name,
        "contact_phone": applicant.contact_phone,
    }
    form = _applicant_form(data=stored)
    if form.validate_on_submit():
        with form.problems():
            services.correct_applicant(actor(), applicant, **form.described())
            flash(_("登记资料已更正；尚未提交的申报书随之更正。"), "done")
            return redirect(url_for("applications.mine"), 303)
    return (
        render_template("applications/applicant.html", form=form, counties=_home_counties(), applicant=applicant),
        form.status,
    )


def _applicant_form(**values: Any) -> forms.ApplicantForm:
    edition = current.chosen()
    rulebook = rulebook_of(edition) if edition else None
    kinds = rulebook.applicant_kinds if rulebook else tuple(ApplicantKind)
    return forms.applicant_form(kinds, _award_region(), **values)


def _award_region() -> str:
    edition = current.chosen()
    return edition.programme.region_code if edition else COUNTRY


def _home_counties() -> list[regions.Region]:
    """Offered while typing; whoever sits elsewhere types the name."""
    home = _award_region()
    return [county for city in regions.cities(home) for county in regions.counties(city.code)] if home.isdigit() else []


@blueprint.route("/applications/start", methods=["GET", "POST"])
@needs("application.create")
def start() -> Answer:
    applicant, edition = queries.applicant_of(actor()), current.chosen()
    if applicant is None or edition is None:
        return redirect(url_for("applications.register" if edition else "applications.mine"), 303)
    form = forms.start_form(rulebook_of(edition), applicant.kind, applicant.industry_code)
    if form.validate_on_submit():
        with form.problems():
            application = services.start(actor(), edition, applicant, **form.placed())
            return redirect(url_for("applications.show", application_id=application.id), 303)
    return render_template("applications/start.html", form=form, applicant=applicant, places=_places()), form.status


def _places() -> list[str]:
    return [
        regions.full_name(city.code).zh for province in regions.provinces() for city in regions.cities(province.code)
    ]


# --- the dossier --------------------------------------------------------------------------------------------------


@blueprint.get("/applications/<int:application_id>")
@needs_on_subject("application.read")
def show(application_id: int) -> Answer:
    application = reach(queries.find(application_id), "application.read")
    steps = queries.timeline(application)
    return render_template(
        "applications/dossier.html",
        application=application,
        rulebook=queries.rulebook_for(application),
        window=queries.submission_window(application),
        steps=steps,
        told=next((step for step in steps if step.phase == "now" and step.words), None),
        receipts=application.receipts,
        may_edit=allows(actor(), "application.edit", application),
        destination=queries.destination_of(application),
        may_withdraw=allows(actor(), "application.withdraw", application)
        and queries.is_possible(application, "application.withdraw"),
        **screens.contents(application),
    )


@blueprint.get("/applications/<int:application_id>/preview")
@needs_on_subject("application.read")
def preview(application_id: int) -> Answer:
    application = reach(queries.find(application_id), "application.read")
    dossier = queries.current_dossier(application)
    return render_template(
        "applications/preview.html", application=application, dossier=dossier, file_urls=file_urls(dossier)
    )


def file_urls(dossier: queries.Dossier) -> dict[int, str]:
    return {file.id: url_for("applications.download", file_id=file.id) for file in dossier.files}


@blueprint.route("/applications/<int:application_id>/identity", methods=["GET", "POST"])
@needs_on_subject("application.edit")
def identity(application_id: int) -> Answer:
    application = reach(queries.find(application_id), "application.read")
    places = {
        kind: [row.region_code for row in application.regions if row.kind is kind] for kind in ApplicantRegionKind
    }
    stored = forms.placed_values(
        application.group_key,
        places[ApplicantRegionKind.SITE],
        next(iter(places[ApplicantRegionKind.PARENT]), ""),
    )
    rulebook = queries.rulebook_for(application)
    form = forms.start_form(rulebook, application.kind, application.industry_code, values=stored)
    part = queries.current_dossier(application).parts[0]
    if form.validate_on_submit():
        with form.problems():
            services.place_dossier(actor(), application, **form.placed(), version=screens.version_sent())
            return screens.saved(application, application.version, "identity")
    return screens.section_page(
        "applications/identity.html", application, "identity", form=form, places=_places(), part=part
    )


@blueprint.route("/applications/<int:application_id>/form/<key>", methods=["GET", "POST"])
@repeatable
@needs_on_subject("application.edit")
def form_section(application_id: int, key: str) -> Answer:
    application = reach(queries.find(application_id), "application.read")
    section = screens.find_section(application, key, "form")
    years = queries.figure_years(application.edition, queries.rulebook_for(application))
    form = forms.answer_form(section.fields, years, application.answers)
    if form.validate_on_submit():
        with form.problems():
            answers = forms.typed_answers(form, section.fields, years)
            services.save_form(actor(), application, answers, version=screens.version_sent())
            return screens.saved(application, application.version, key)
    return screens.section_page("applications/form.html", application, key, form=form, years=years)


@blueprint.route("/applications/<int:application_id>/text/<key>", methods=["GET", "POST"])
@repeatable
@needs_on_subject("application.edit")
def text_section(application_id: int, key: str) -> Answer:
    application = reach(queries.find(application_id), "application.read")
    screens.find_section(application, key, "text")
    stored = queries.section(application, key)
    form = forms.SectionForm(data={"body": stored.text})
    if form.validate_on_submit():
        with form.problems():
            saved = services.save_section(actor(), application, key, form.text("body"), version=screens.version_sent())
            return screens.saved(application, saved.version, key)
    written = queries.texts_of(application)
    rule = queries.rulebook_for(application).dossier
    others = report_characters(written) - len(written.get(key, ""))
    limit = rule.overview_characters if key == OVERVIEW else max(0, rule.self_assessment_characters - others)
    return screens.section_page(
        "applications/text.html",
        application,
        key,
        form=form,
        version=stored.version,
        limit=limit,
        written=report_characters(written),
        allowed=rule.self_assessment_characters,
    )


@blueprint.route("/applications/<int:application_id>/evidence", methods=["GET", "POST"])
@needs_on_subject("application.edit")
def evidence(application_id: int) -> Answer:
    application = reach(queries.find(application_id), "application.read")
    rule = queries.rulebook_for(application).dossier
    form = forms.evidence_form(rule.evidence_for(application.kind))
    if form.validate_on_submit():
        with form.problems():
            upload = form.file.data
            services.attach(
                actor(),
                application,
                section_key=form.text("section_key"),
                filename=upload.filename,
                content=upload.stream,
            )
            flash(_("文件已上传并通过检查。"), "done")
            return redirect(url_for("applications.evidence", application_id=application_id), 303)
    return screens.section_page(
        "applications/evidence.html",
        application,
        "evidence",
        form=form,
        rule=rule,
        kinds=rule.evidence_for(application.kind),
        files=queries.evidence_files(application),
    )


@blueprint.post("/files/<int:file_id>/remove")
@needs_on_subject("application.edit")
def remove_file(file_id: int) -> Answer:
    file = queries.find_file(file_id)
    application = reach(file.application if file else None, "application.read")
    if file is not None:
        services.remove_file(actor(), file)
    flash(_("文件已从申报书移除；已提交的版本仍保留它。"))
    return redirect(url_for("applications.evidence", application_id=application.id), 303)


@blueprint.get("/files/<int:file_id>")
@needs_on_subject("application.read")
def download(file_id: int) -> Answer:
    file = queries.find_file(file_id)
    application = reach(file.application if file else None, "application.read")
    if file is None:
        raise NotFound
    content = files.store().open(file.sha256)
    if application.owner_id != actor().user_id:
        audit.record_look(actor(), "application.read_file", file)
    return attachment(content, filename=file.filename, media_type=file.media_type)


@blueprint.route("/applications/<int:application_id>/wishes", methods=["GET", "POST"])
@needs_on_subject("avoidance.read")
def wishes(application_id: int) -> Answer:
    application, form = reach(queries.find(application_id), "avoidance.read"), forms.AvoidForm()
    if form.validate_on_submit():
        with form.problems():
            words = {name: form.text(name) for name in ("name", "employer", "reason")}
            services.avoid_expert(actor(), application, **words)
            flash(_("已记下，只有秘书处能看到。"), "done")
            return redirect(url_for("applications.wishes", application_id=application_id), 303)
    return _wishes_page(application, avoid=form)


@blueprint.post("/applications/<int:application_id>/wishes/<int:wish_id>/drop")
@needs_on_subject("avoidance.edit")
def drop_wish(application_id: int, wish_id: int) -> Answer:
    application = reach(queries.find(application_id), "avoidance.read")
    wish = queries.find_wish(application, wish_id)
    if wish is None:
        raise NotFound
    services.drop_wish(actor(), application, wish)
    return redirect(url_for("applications.wishes", application_id=application_id), 303)


@blueprint.post("/applications/<int:application_id>/staff")
@needs_on_subject("avoidance.edit")
def staff(application_id: int) -> Answer:
    application, form = reach(queries.find(application_id), "avoidance.read"), forms.StaffForm()
    if form.validate_on_submit():
        with form.problems():
            services.save_staff(actor(), application, form.text("names"), version=screens.version_sent())
            flash(_("人员名单已保存，只有秘书处能看到。"), "done")
            return redirect(url_for("applications.wishes", application_id=application_id), 303)
    return _wishes_page(application, people=form)


def _wishes_page(
    application: Application, *, avoid: forms.AvoidForm | None = None, people: forms.StaffForm | None = None
) -> Answer:
    kept = queries.staff_of(application)
    page = render_template(
        "applications/wishes.html",
        application=application,
        wishes=queries.avoided_by(application),
        limit=queries.rulebook_for(application).panel.avoid_limit,
        avoid=avoid or forms.AvoidForm(formdata=None),
        people=people or forms.StaffForm(formdata=None, data={"names": kept.names if kept else ""}),
        version=kept.version if kept else 0,
        may_edit=allows(actor(), "avoidance.edit", application),
    )
    return page, (avoid or people or forms.StaffForm(formdata=None)).status


# --- handing in ---------------------------------------------------------------------------------------------------


@blueprint.route("/applications/<int:application_id>/submit", methods=["GET", "POST"])
@needs_on_subject("application.submit")
def submit(application_id: int) -> Answer:
    return _hand_in(reach(queries.find(application_id), "application.read"), services.submit)


@blueprint.route("/applications/<int:application_id>/resubmit", methods=["GET", "POST"])
@needs_on_subject("application.resubmit")
def resubmit(application_id: int) -> Answer:
    return _hand_in(reach(queries.find(application_id), "application.read"), services.resubmit)


def _hand_in(application: Application, service: Any) -> Answer:
    form = forms.HandInForm()
    if form.validate_on_submit():
        with form.problems():
            receipt = service(actor(), application, signatory=form.text("signatory"))
            return redirect(
                url_for("applications.receipt", application_id=application.id, version=receipt.version_number), 303
            )
    window = queries.submission_window(application)
    page = render_template(
        "applications/submit.html",
        application=application,
        form=form,
        window=window,
        missing=screens.missing_to_hand_in(application, window),
        destination=queries.destination_of(application),
        dossier=queries.current_dossier(application),
    )
    return page, form.status


@blueprint.get("/applications/<int:application_id>/receipts/<int:version>")
@needs_on_subject("application.read")
def receipt(application_id: int, version: int) -> Answer:
    application = reach(queries.find(application_id), "application.read")
    found = queries.find_receipt(application, version)
    if found is None:
        raise NotFound
    return render_template("applications/receipt.html", application=application, receipt=found)


@blueprint.route("/applications/<int:application_id>/withdraw", methods=["GET", "POST"])
@needs_on_subject("application.withdraw")
def withdraw(application_id: int) -> Answer:
    application = reach(queries.find(application_id), "application.read")
    form = forms.WithdrawForm()
    if form.validate_on_submit():
        with form.problems():
            services.withdraw(actor(), application, reason=form.text("reason"))
            flash(_("申报已撤回。"))
            return redirect(url_for("applications.show", application_id=application_id), 303)
    return render_template("applications/withdraw.html", application=application, form=form), form.status
