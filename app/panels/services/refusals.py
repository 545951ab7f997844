"""Why a draw or a replacement cannot be made."""

from collections.abc import Sequence

from app.kernel.errors import NotReady
from app.panels.engine import Shortage


class Unstaffable(NotReady):
    """Dossiers that cannot be staffed under the rules; `shortages` tells for each which rule removed how many experts."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__([shortage.text for shortage in shortages])
        self.shortages = tuple(shortages)
