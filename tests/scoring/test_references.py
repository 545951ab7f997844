"""What the beginning of a line points at, and what is marked when a dossier is searched without scripts."""

import pytest

from app.applications.queries.dossier import FileLine
from app.kernel.words import LocalText
from app.scoring.pages import marked
from app.scoring.references import references


def files(count: int) -> list[FileLine]:
    return [FileLine(70 + n, LocalText.same("证明"), f"{n}.pdf", "application/pdf", 10, "0" * 64) for n in range(count)]


@pytest.mark.parametrize(
    ("text", "count", "found"),
    [
        ("材料3 p.12 座谈有记录", 3, [(3, "12")]),
        ("材料 3，第12页：座谈有记录", 3, [(3, "12")]),
        ("file 2 P. 7 minutes kept", 3, [(2, "7")]),
        ("有记录\n  材料1：制度\n材料2 第 5 页", 3, [(1, ""), (2, "5")]),
        ("材料1 p.2\n材料1 p.2 又一条", 3, [(1, "2")]),
        ("p.12 座谈", 1, [(1, "12")]),
        ("第12页 座谈", 1, [(1, "12")]),
        ("p.12 座谈", 2, []),
        ("材料4 p.1", 3, []),
        ("材料0 p.1", 3, []),
        ("第3季度起下降", 1, []),
        ("p2p 平台", 1, []),
        ("座谈见材料1", 3, []),
        ("", 1, []),
    ],
)
def test_the_beginning_of_a_line_points_at_a_file_and_a_page(text: str, count: int, found: list) -> None:
    assert [(each.number, each.page) for each in references(text, files(count))] == found


def test_a_reference_carries_its_file() -> None:
    assert [each.file.id for each in references("材料2 p.1", files(2))] == [71]


def test_hits_are_marked_between_the_tags_only_and_numbered() -> None:
    found = marked('<p class="plan">Plan &amp; plan</p>', " plan ")
    assert found.hits == 2
    assert str(found.markup) == (
        '<p class="plan"><mark id="hit-1" tabindex="-1">Plan</mark> &amp; <mark id="hit-2" tabindex="-1">plan</mark></p>'
    )


@pytest.mark.parametrize("sought", ["<script>", "<p>", "(", "&"])
def test_what_is_sought_is_text_and_never_markup(sought: str) -> None:
    found = marked("<p>a (b) &lt;script&gt; &amp; c</p>", sought)
    assert "<script" not in str(found.markup)
    assert found.hits == (0 if sought == "<p>" else 1)
