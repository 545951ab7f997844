"""What an applicant has told only the office."""

from collections.abc import Sequence

from sqlalchemy import select

from app.applications.models import Application, AvoidedExpert, StaffList
from app.kernel.database import db


def avoided_by(application: Application) -> Sequence[AvoidedExpert]:
    return db.session.scalars(
        select(AvoidedExpert).where(AvoidedExpert.application_id == application.id).order_by(AvoidedExpert.id)
    ).all()


def find_wish(application: Application, wish_id: int) -> AvoidedExpert | None:
    found = db.session.get(AvoidedExpert, wish_id)
    return found if found is not None and found.application_id == application.id else None


def staff_of(application: Application) -> StaffList | None:
    return db.session.get(StaffList, application.id)
