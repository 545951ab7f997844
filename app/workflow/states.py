"""The states of every lifecycle: the words that stand in the database."""

from enum import StrEnum


class EditionState(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    CONCLUDED = "concluded"
    ARCHIVED = "archived"

    @property
    def is_over(self) -> bool:
        return self in (EditionState.CONCLUDED, EditionState.ARCHIVED)


class RoundState(StrEnum):
    PLANNED = "planned"
    SCORING = "scoring"
    CLOSED = "closed"


class ApplicationState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    NOT_RECOMMENDED = "not_recommended"
    RECOMMENDED = "recommended"
    RETURNED = "returned"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    UNDER_REVIEW = "under_review"
    NOT_ADVANCED = "not_advanced"
    PROPOSED = "proposed"
    NOT_PROPOSED = "not_proposed"
    HONOURED = "honoured"
    WITHDRAWN = "withdrawn"


class PoolImportState(StrEnum):
    RECEIVED = "received"
    UNREADABLE = "unreadable"
    PREVIEWED = "previewed"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"


class InvitationState(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class MergeState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class ConflictState(StrEnum):
    STANDING = "standing"
    WITHDRAWN = "withdrawn"


class ExceptionState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REVOKED = "revoked"


class InterestQuestionState(StrEnum):
    OPEN = "open"
    NO_INTEREST = "no_interest"
    INTEREST = "interest"
    LAPSED = "lapsed"


class DrawState(StrEnum):
    SKETCH = "sketch"
    COMMITTED = "committed"
    DRAWN = "drawn"
    PUBLISHED = "published"
    DISCARDED = "discarded"


class AssignmentState(StrEnum):
    SEALED = "sealed"
    WAITING = "waiting"
    CLEARED = "cleared"
    RECUSED = "recused"
    EXCUSED = "excused"


class PracticeState(StrEnum):
    DRAFT = "draft"
    FINISHED = "finished"


class ScoreSheetState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ABSTAINED = "abstained"
    VOID = "void"


class PaperEntryState(StrEnum):
    TYPED = "typed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class ConsensusState(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"
    AGREED = "agreed"
    NO_CONSENSUS = "no_consensus"
    RELEASED = "released"


class VisitState(StrEnum):
    PLANNED = "planned"
    NOTIFIED = "notified"
    OPENED = "opened"
    CLOSED = "closed"
    REPORTED = "reported"


class DefenceState(StrEnum):
    PLANNED = "planned"
    COMMITTED = "committed"
    DRAWN = "drawn"
    RUNNING = "running"
    ENDED = "ended"


class RankingState(StrEnum):
    COMPUTED = "computed"
    CONFIRMED = "confirmed"
    SUPERSEDED = "superseded"


class SessionState(StrEnum):
    CONVENED = "convened"
    VOTING = "voting"
    COUNTED = "counted"
    CLOSED = "closed"


class NoticeState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ENDED = "ended"


class ObjectionState(StrEnum):
    RECEIVED = "received"
    ASSIGNED = "assigned"
    INVESTIGATING = "investigating"
    UPHELD = "upheld"
    REJECTED = "rejected"


class FeedbackState(StrEnum):
    DRAFTED = "drafted"
    EDITED = "edited"
    APPROVED = "approved"
    RELEASED = "released"


class BundleState(StrEnum):
    ORDERED = "ordered"
    MADE = "made"
    FAILED = "failed"


class ExportState(StrEnum):
    ORDERED = "ordered"
    MADE = "made"
    FAILED = "failed"
    EXPIRED = "expired"


class OutcomeState(StrEnum):
    APPROVED = "approved"
    PUBLISHED = "published"
    REVOKED = "revoked"


class DeclarationState(StrEnum):
    OWED = "owed"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"


class WatchFactState(StrEnum):
    OPEN = "open"
    DISMISSED = "dismissed"
    INTERVIEWED = "interviewed"
    REVOKED = "revoked"


class RetentionState(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DONE = "done"
    REFUSED = "refused"
    STOPPED = "stopped"
