"""What the applicant sees of the visit: when and where it is, who comes where the rulebook allows it, and the plan."""

from flask import flash, redirect, url_for

from app.policy import allows
from app.visits import queries, services
from app.visits.views.room import Answer, blueprint, page
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/visits/<int:visit_id>/follow")
@needs_on_subject("visit.follow")
def follow(visit_id: int) -> Answer:
    found = reach(queries.find(visit_id), "visit.follow")
    rule = queries.rule_of(found.round)
    return page(
        "follow",
        found,
        appointments=queries.appointments(found),
        names_team=rule is not None and rule.team_named,
        may_confirm=allows(actor(), "visit.confirm", found),
    )


@blueprint.post("/visits/<int:visit_id>/confirm")
@needs_on_subject("visit.confirm")
def confirm(visit_id: int) -> Answer:
    found = reach(queries.find(visit_id), "visit.follow")
    services.confirm(actor(), found)
    flash(_("日期和日程已确认，秘书处和评审组看得到。"), "done")
    return redirect(url_for("visits.follow", visit_id=visit_id), 303)
