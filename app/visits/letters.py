"""What the applicant and the team are told by mail of a visit."""

from app.applications.letters import tell_owner, with_paper
from app.kernel import outbox
from app.kernel.words import LocalText
from app.visits.models import Visit

NOTIFIED = (
    LocalText("现场评审安排：%(number)s", "Site visit: %(number)s"),
    LocalText(
        "现场评审定于 %(days)s，地点：%(place)s。请登录后在“我的申报”中查看并确认日期和日程。",
        "The site visit takes place on %(days)s at %(place)s. Sign in, read date and plan and confirm them.",
    ),
)
REPLANNED = (
    LocalText("现场评审日程有变动：%(number)s", "The plan of the site visit has changed: %(number)s"),
    LocalText(
        "您确认之后，现场评审的日程有变动。请登录后在“我的申报”中查看并重新确认。",
        "The plan of the site visit has changed since you confirmed it. Sign in, read it and confirm it again.",
    ),
)
RECALLED = (
    LocalText("现场评审改期：%(number)s", "Site visit postponed: %(number)s"),
    LocalText(
        "原定的现场评审日期取消，新的安排另行通知。理由：%(reason)s",
        "The date of the site visit no longer holds; a new one follows. Reason: %(reason)s",
    ),
)


def tell_notified(visit: Visit) -> None:
    days, number = f"{visit.starts_on:%Y-%m-%d} – {visit.ends_on:%Y-%m-%d}", visit.application.number
    tell_owner("visit.notify", visit.application, with_paper(NOTIFIED), days=days, place=visit.place)
    for seat in visit.seats:
        outbox.post(
            "visit.notify",
            seat.expert.email,
            subject=f"现场评审安排：{number} / Site visit: {number}",
            body=(
                f"{seat.expert.name}：\n\n{number} 的现场评审定于 {days}，地点：{visit.place}。日程见“现场评审”。\n\n"
                f"The site visit to {number} takes place on {days} at {visit.place}. The plan is under Site visits.\n"
            ),
            edition_id=visit.edition_id,
        )


def tell_replanned(visit: Visit) -> None:
    tell_owner("visit.plan", visit.application, REPLANNED)


def tell_recalled(visit: Visit, reason: str) -> None:
    tell_owner("visit.recall", visit.application, RECALLED, reason=reason)
