"""What a statistic answers where it has no value."""

from app.kernel.words import Message


class Undefined(ValueError):
    """The data are too few or too much alike; `reason` is a sentence for the page."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason
