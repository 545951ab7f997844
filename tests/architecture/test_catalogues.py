"""English is complete: every sentence of the product stands in the catalogue, in the words of the glossary."""

import ast
import re
from collections.abc import Iterator
from itertools import filterfalse
from pathlib import Path

import pytest
from babel.messages import Catalog

from app.programmes.rules.labels import LABELS
from app.workflow import LIFECYCLES
from scripts.translations import LANGUAGES, ROOT, collected, read

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
PLACEHOLDER = re.compile(r"%\((\w+)\)s|(%%)|\{(\w+)\}")
BY_NUMBER = re.compile(r"\{(\w+):([^{}]*)\}")
JINJA_TEXT = re.compile(r"\b_\(\s*('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")
JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)

# an example of what to type stays as it is typed
KEEPS_CHINESE = {
    "填写全称，例如“山西省大同市”，可从列表中选择",
    "填写名称，例如“清徐县”；不填则按所在市登记",
    "没有找到“%(text)s”。请填写行政区划的全称，例如“山西省大同市”，或六位代码。",
}
SEPARATORS = {"、": ", ", "；": "; "}
ENDS: dict[str, tuple[str, ...]] = {"。": (".",), "：": (":", ",")}
# data of the demo, what people may type, and the bilingual lines of the command line are no sentences of a page
NO_SENTENCES = ("app/demo/", "app/experts/", "app/cli.py", "app/config.py", "app/web/language.py")
CHINESE_IN_TEMPLATES = {("app/web/templates/base.html", "中文")}

# the glossary: a Chinese term, what its English must say, and what it must never say
TERMS = (
    (r"秘书处", r"\boffice\b", r"secretar"),
    (r"推荐单位", r"recommending bod(y|ies)|\bbody\b|\bbodies\b", r"recommend(ing|er) (unit|organi)"),
    (r"监督员", r"supervisor", r"inspector|monitor"),
    (r"大组长", r"head of panel", r"chief|team leader"),
    (r"行业小组长", r"group leader", r"team leader"),
    (r"抽取(?!替补)", r"draw|\bseed", r"lottery|extract|sampl"),
    (r"回避", r"recus|given up", r"avoid"),
    (r"合议", r"consensus", r"collegi"),
    (r"异议", r"objection|objector|\bobject\b|\bthem\b", r"dispute|dissent|appeal"),
    (r"拟奖名单", r"proposed list|\blist\b", r"candidate list|shortlist"),
    (r"形式审查", r"formal check", r"review|examination"),
    (r"材料评审", r"paper review|[Dd]ossier", r"material"),
    (r"现场评审", r"[Ss]ite visit", r"on-site|audit"),
    (r"陈述答辩", r"[Ss]tatement and defence", r"defense"),
    (r"申报书", r"[Dd]ossier|[Aa]pplication|[Dd]raft", r"declaration form"),
    (r"摘要", r"[Dd]igest", r"summary|abstract"),
    (r"审计日志", r"audit log", r"journal"),
    (r"评分表", r"[Ss]core ?sheet|\bsheet|\bscores?\b|\bscoring", r"rating|scorecard"),
    (r"利害关系", r"conflict|interest", r"stake"),
    (r"改进机会", r"opportunit", r"weakness"),
    (r"留痕", r"trace", r"footprint"),
)


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read(str(request.param))


def texts(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    for message in catalogue:
        if message.id:
            yield str(message.id), str(message.string)


def placeholders(text: str) -> set[str]:
    return {"".join(found) for found in PLACEHOLDER.findall(text)}


def test_the_catalogue_holds_exactly_the_sentences_of_the_source(catalogue: Catalog) -> None:
    source = {str(message.id) for message in collected() if message.id}
    kept = {chinese for chinese, _english in texts(catalogue)}
    assert source - kept == set(), "run `make translations` and translate what is new"
    assert kept - source == set(), "run `make translations`"


def test_every_sentence_is_translated(catalogue: Catalog) -> None:
    assert [chinese for chinese, english in texts(catalogue) if not english.strip()] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_a_translation_has_the_values_of_its_sentence(catalogue: Catalog) -> None:
    assert [pair for pair in texts(catalogue) if placeholders(pair[0]) != placeholders(pair[1])] == []


def test_a_word_by_number_names_a_value_and_both_forms(catalogue: Catalog) -> None:
    wrong = [
        (english, found[0])
        for chinese, english in texts(catalogue)
        for found in BY_NUMBER.finditer(english)
        if found[1] not in placeholders(chinese) or found[2].count("|") != 1
    ]
    assert wrong == []


def test_english_has_no_chinese_character_or_mark(catalogue: Catalog) -> None:
    mixed = [
        english for chinese, english in texts(catalogue) if CHINESE.search(english) and chinese not in KEEPS_CHINESE
    ]
    assert mixed == []


def test_a_translation_begins_and_ends_as_its_sentence_does(catalogue: Catalog) -> None:
    pairs = [pair for pair in texts(catalogue) if pair[0] not in SEPARATORS]
    assert [text for pair in pairs for text in pair if text != text.strip()] == []
    assert list(filterfalse(_ends_alike, pairs)) == []
    assert {chinese: dict(texts(catalogue))[chinese] for chinese in SEPARATORS} == SEPARATORS


def _ends_alike(pair: tuple[str, str]) -> bool:
    chinese, english = pair
    return english.endswith(ENDS.get(chinese[-1:], ""))


def test_a_state_reads_alike_wherever_it_stands(catalogue: Catalog) -> None:
    """Two states of one lifecycle never share an English word, and no state reads like a step."""
    english = dict(texts(catalogue))
    for lifecycle in LIFECYCLES.values():
        words = [english[label.internal] for label in lifecycle.labels.values()]
        assert len(words) == len(set(words)), lifecycle.subject
        steps = {english[transition.label] for transition in lifecycle.transitions}
        assert not steps & set(words), lifecycle.subject


@pytest.mark.parametrize(("term", "wanted", "forbidden"), TERMS)
def test_a_term_is_put_into_the_words_of_the_glossary(
    catalogue: Catalog, term: str, wanted: str, forbidden: str
) -> None:
    told = [pair for pair in texts(catalogue) if re.search(term, pair[0])]
    assert [pair for pair in told if not re.search(wanted, pair[1], re.IGNORECASE)] == []
    assert [pair for pair in told if re.search(forbidden, pair[1], re.IGNORECASE)] == []


def test_the_kinds_of_a_rulebook_have_both_languages() -> None:
    assert [label for label in LABELS.values() if CHINESE.search(label.en) or not CHINESE.search(label.zh)] == []


def test_no_text_of_a_template_escapes_the_catalogue() -> None:
    found = {
        (str(path.relative_to(ROOT)), bare)
        for path in sorted((ROOT / "app").rglob("templates/**/*.html"))
        for bare in re.findall(rf"{CHINESE.pattern}+", JINJA_TEXT.sub("", JINJA_COMMENT.sub("", path.read_text())))
    }
    assert found - CHINESE_IN_TEMPLATES == set()


def test_no_sentence_of_the_code_escapes_the_catalogue() -> None:
    """A sentence is told by its final mark; a text in both languages says its English in the same literal."""
    paths = [path for path in sorted((ROOT / "app").rglob("*.py")) if not _excepted(path)]
    assert [f"{path.relative_to(ROOT)}: {text}" for path in paths for text in _bare_sentences(path)] == []


def _excepted(path: Path) -> bool:
    return str(path.relative_to(ROOT)).startswith(NO_SENTENCES)


def _bare_sentences(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    marked = {id(part) for call in calls if _called(call) in {"_", "N_", "LocalText"} for part in ast.walk(call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in marked and _is_chinese_sentence(node.value):
            yield str(node.value)


def _is_chinese_sentence(text: object) -> bool:
    if not isinstance(text, str) or not text.endswith(("。", "？")):
        return False
    return bool(CHINESE.search(text)) and not re.search("[A-Za-z]{4}", text)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
