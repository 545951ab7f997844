"""All letters of an edition in one archive: each as its sheet, and a list of them with their digests."""

import io
from collections.abc import Callable, Sequence

from app.exports.models import Export
from app.kernel.spreadsheets import Table, as_csv
from app.outcomes.bundle.files import zipped
from app.outcomes.letters import services
from app.outcomes.letters.models import Letter
from app.outcomes.letters.rules import LABELS
from app.web.downloads import file_name
from app.web.formats import moment
from app.web.language import _

Tell = Callable[[int, int], None]


def filename(export: Export) -> str:
    return file_name(export.edition.code, _("全部函件"), export.suffix)


def archive(letters: Sequence[Letter], tell: Tell) -> io.BytesIO:
    """The same letters make the same bytes."""
    contents = {"letters.csv": as_csv(_list(letters)).getvalue()}
    for done, letter in enumerate(letters, start=1):
        contents[f"{letter.number}.pdf"] = services.pdf_of(letter)
        tell(done, len(letters))
    return io.BytesIO(zipped(contents))


def _list(letters: Sequence[Letter]) -> Table:
    headings = [_("函号"), _("事由"), _("收件人"), _("编号"), _("发出时间"), _("内容摘要（SHA-256）")]
    return Table(_("函件"), _("说明"), headings, map(_row, letters), [])


def _row(letter: Letter) -> list[str]:
    about = letter.about
    return [
        letter.number,
        _(LABELS[letter.occasion]),
        about.name,
        about.number,
        moment(letter.issued_at),
        letter.digest,
    ]
