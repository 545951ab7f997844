"""Pages as the tests read them: parsed by the HTML standard's own rules, refused where a browser would have to guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element

from tinyhtml5.parser import HTMLParser

REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "form", "list", "headers")
NEEDS_NAME = ("a", "button", "input", "select", "textarea", "iframe")
TYPES_WITHOUT_VALUE = ("submit", "button", "reset", "image", "file")


class InvalidHTML(AssertionError):
    pass


@dataclass(frozen=True)
class Document:
    """`text`, `title`, `all("a")`, `forms`: what a person would see of a page."""

    source: str
    root: Element

    @classmethod
    @lru_cache(maxsize=8)
    def parse(cls, source: str) -> Document:
        """A page, or a fragment of one where no doctype begins it; the first fault is raised with its line.

        The client looks at every answer and the test then at the same: what was parsed last is kept.
        """
        parser = HTMLParser(namespace_html_elements=False)
        is_page = source.lstrip().lower().startswith("<!doctype")
        root = parser.parse(source) if is_page else parser.parse_fragment(source)
        document = cls(source, root)
        faults = [*parser_faults(parser, source), *document.reference_faults(), *(nameless(root) if is_page else ())]
        if faults:
            raise InvalidHTML("\n".join(faults))
        return document

    @property
    def text(self) -> str:
        return squeezed(self.root.find("body") if self.root.find("body") is not None else self.root)

    @property
    def title(self) -> str:
        return squeezed(self.root.find("head/title"))

    @property
    def language(self) -> str:
        return self.root.get("lang", "")

    def all(self, path: str) -> list[Element]:
        """Elements by ElementTree's path: `all("a")`, `all("table[@id='ranking']/tbody/tr")`."""
        return self.root.findall(f".//{path}")

    def texts(self, path: str) -> list[str]:
        return [squeezed(element) for element in self.all(path)]

    def links(self) -> list[str]:
        return [element.get("href", "") for element in self.all("a")]

    @property
    def forms(self) -> list[Form]:
        return [Form(element, self.root) for element in self.all("form")]

    def reference_faults(self) -> Iterator[str]:
        identifiers = Counter(element.get("id") for element in self.root.iter() if element.get("id"))
        yield from (f"id {name!r} stands {count} times" for name, count in identifiers.items() if count > 1)
        for element in self.root.iter():
            yield from _dangling(element, identifiers)


def nameless(root: Element) -> Iterator[str]:
    """Whatever can be used or seen, and has no name to be read out: what axe-core finds most often, without a browser."""
    named_by_label = {label.get("for") for label in root.iter("label")}
    inside_label = {element for label in root.iter("label") for element in label.iter()}
    for element in root.iter():
        if element.tag in NEEDS_NAME and not _has_name(element, named_by_label, inside_label):
            yield f"<{element.tag} {dict(element.items())}> has no name"
        if element.tag == "img" and element.get("alt") is None:
            yield f"<img src={element.get('src')!r}> has no alt"


def _has_name(element: Element, named: Container[str | None], inside: Container[Element]) -> bool:
    if element.get("aria-label") or element.get("aria-labelledby") or element.get("title"):
        return True
    if element.tag in ("a", "button"):
        return (element.get("href") is None and element.tag == "a") or bool(_said(element))
    unseen = element.get("type") in ("hidden", "submit", "reset", "image")
    return unseen or element in inside or (element.get("id") is not None and element.get("id") in named)


def _said(element: Element) -> str:
    pictures = " ".join(each.get("alt", "") + each.get("aria-label", "") for each in element.iter())
    return squeezed(element) + pictures.strip()


def _dangling(element: Element, identifiers: Container[str | None]) -> Iterator[str]:
    for attribute in REFERENCES:
        missing = [target for target in element.get(attribute, "").split() if target not in identifiers]
        if missing:
            yield f"<{element.tag} {attribute}={' '.join(missing)!r}> points to nothing"


@dataclass(frozen=True)
class Form:
    element: Element
    root: Element

    @property
    def action(self) -> str:
        return self.element.get("action", "")

    @property
    def method(self) -> str:
        return self.element.get("method", "get").lower()

    @property
    def controls(self) -> list[Element]:
        inside = [each for each in self.element.iter() if each.tag in ("input", "select", "textarea", "button")]
        name = self.element.get("id")
        outside = [each for each in self.root.iter() if name and each.get("form") == name and each not in inside]
        return [each for each in (*inside, *outside) if each.get("disabled") is None]

    @property
    def names(self) -> set[str]:
        return {name for each in self.controls if (name := each.get("name"))}

    def buttons(self) -> list[Element]:
        return [
            each
            for each in self.controls
            if each.get("type") == "submit" or (each.tag == "button" and each.get("type") is None)
        ]

    def values(self) -> dict[str, list[str]]:
        """What a browser would send if nobody touched the form and no button had a name."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            if name := control.get("name"):
                for value in control_values(control):
                    sent.setdefault(name, []).append(value)
        return sent


def control_values(control: Element) -> list[str]:
    kind = control.get("type", "text")
    if control.tag == "textarea":
        return [(control.text or "").removeprefix("\n")]
    if control.tag == "select":
        return selected(control)
    if control.tag == "button" or kind in TYPES_WITHOUT_VALUE:
        return []
    if kind in ("checkbox", "radio"):
        return [control.get("value", "on")] if control.get("checked") is not None else []
    return [control.get("value", "")]


def selected(select: Element) -> list[str]:
    options = list(select.iter("option"))
    chosen = [option for option in options if option.get("selected") is not None]
    if not chosen and select.get("multiple") is None:
        chosen = options[:1]
    return [option.get("value", squeezed(option)) for option in chosen]


def squeezed(element: Element | None) -> str:
    """The text of an element, scripts and styles left out, with single spaces."""
    return "" if element is None else " ".join(" ".join(visible(element)).split())


def visible(element: Element) -> Iterator[str]:
    if element.tag in ("script", "style", "template") or not isinstance(element.tag, str):
        return
    yield element.text or ""
    for child in element:
        yield from visible(child)
        yield child.tail or ""


def parser_faults(parser: HTMLParser, source: str) -> Iterator[str]:
    lines = source.splitlines()
    for (line, column), code, values in parser.errors:
        text = lines[line - 1].strip() if 0 < line <= len(lines) else ""
        yield f"line {line}, column {column}: {code} {values or ''} in {text[:160]!r}"
