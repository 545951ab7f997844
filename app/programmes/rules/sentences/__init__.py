"""The rule as sentences that a committee can read, in the order of the work, each with its source or our reason."""

from collections.abc import Callable, Iterator

from app.kernel.words import N_, Message
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.sentences import admission, review
from app.programmes.rules.sentences.telling import Line, Section

__all__ = ["Line", "Section", "sentences"]

CHAPTERS: tuple[tuple[str, str, Callable[[Rulebook], Iterator[Line]]], ...] = (
    ("award", N_("奖项与名额"), admission.award),
    ("groups", N_("行业组与评价准则"), admission.groups),
    ("eligibility", N_("申报条件"), admission.eligibility),
    ("dossier", N_("申报材料"), admission.dossier),
    ("recommendation", N_("推荐"), admission.recommendation),
    ("formal_check", N_("形式审查与补正"), admission.formal_check),
    ("panels", N_("专家抽取与回避"), review.panels),
    ("rounds", N_("各轮评审"), review.rounds),
    ("scores", N_("评分、合议与综合得分"), review.scores),
    ("committee", N_("评委会表决"), review.committee),
    ("notice", N_("公示与异议"), review.notice),
    ("afterwards", N_("监督、撤销与归档"), review.afterwards),
    ("calendar", N_("日程"), review.calendar),
)


def sentences(rulebook: Rulebook) -> list[Section]:
    return [Section(key, Message(title), tuple(tell(rulebook))) for key, title, tell in CHAPTERS]
