"""The form of what is hidden in blind rounds; beside forms.py, which is full."""

from collections.abc import Callable

from wtforms import IntegerField, SelectMultipleField, TextAreaField
from wtforms.validators import Length

from app.kernel.words import N_
from app.panels.models import Blinding
from app.web.forms import BaseForm


class BlindingForm(BaseForm):
    terms = TextAreaField(N_("还要遮盖的词（一行一个）"), [Length(max=6000)])
    files = SelectMultipleField(N_("不给专家看的材料"), coerce=int, validate_choice=False)
    version = IntegerField()
    is_saved = False

    def __init__(self, marked: Blinding | None) -> None:
        """What is stored, unless something was sent."""
        kept = {} if marked is None else {"terms": "\n".join(marked.words), "files": marked.files}
        super().__init__(data={**kept, "version": marked.version if marked else 0})

    def tries(self, mark: Callable[..., object]) -> bool:
        """Whether what was sent could be marked; why not stands at its field."""
        with self.problems():
            mark(words=self.lines, files=self._fields["files"].data or [], version=self.version.data or 0)
            self.is_saved = True
        return self.is_saved

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.text("terms").splitlines() if line.strip()]
