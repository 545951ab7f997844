"""What the pages beside the ranking show, put into the reader's words and into pictures once for all rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.kernel.canonical import Record
from app.kernel.exact import from_text
from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.rulebook import Rulebook
from app.ranking import pages
from app.ranking.advice import APART, KEPT, band
from app.ranking.advice.data import BORDER, INSIDE
from app.ranking.advice.record import message_of
from app.ranking.advice.residuals import FEWEST
from app.ranking.advice.sensitivity import CALIBRATED, RESULTS, WITHOUT
from app.ranking.advising import ONWARD
from app.ranking.queries import Line, RankingView
from app.ranking.rules import alias
from app.web.formats import say
from app.web.language import _

LEFT, RIGHT, WIDE = 6.0, 214.0, 220
"""The rank picture: where rank 1 and the last rank lie, and its width."""
ALMOST = 0.025
NORMAL_95 = 1.96
TWENTIETHS = 20
FLAGS = {
    APART: N_("有离群评分"),
    KEPT: N_("合议或扣分"),
}
VARIANTS = {
    "mean": N_("各专家总分取平均值"),
    "trimmed": N_("去掉最高分和最低分再平均"),
    "median": N_("各专家总分取中位数"),
    CALIBRATED: N_("校准专家的宽严"),
    f"{RESULTS}_more": N_("结果类目的分值加一成"),
    f"{RESULTS}_less": N_("结果类目的分值减一成"),
    "weight_more": N_("“%(round)s”的权重加一成"),
    "weight_less": N_("“%(round)s”的权重减一成"),
}


@dataclass(frozen=True)
class Picture:
    """A rank interval between `low` and `high`, the official rank as a point, and the cuts as lines."""

    low: float
    high: float
    point: float
    cuts: tuple[float, ...]
    width: int = WIDE


@dataclass(frozen=True)
class Told:
    """What is said of one dossier, where anything can be said."""

    calibrated: str
    difference: str
    low: int
    high: int
    picture: Picture
    chances: tuple[str, ...]
    band: str
    is_border: bool
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    line: Line
    name: str
    told: Told | None


@dataclass(frozen=True)
class Change:
    """Under a variant: who loses and who gains a place above a cut."""

    variant: str
    cut: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    cuts: tuple[str, ...]
    rows: tuple[Row, ...]
    refusals: tuple[str, ...]
    notices: tuple[str, ...]
    sentences: tuple[str, ...]
    changes: tuple[Change, ...]
    stable: tuple[str, ...]
    unmoved: str
    worth: tuple[str, ...]
    fits: tuple[tuple[str, str], ...]
    relied: tuple[str, ...]
    last: int


@dataclass(frozen=True)
class ExpertRow:
    """How one expert scored in one round, in words and figures for the office."""

    name: str
    number: str
    reviews: int
    offset: str
    spread: str
    misfit: str
    scale: str
    halo: str
    is_unusual: bool


@dataclass(frozen=True)
class ExpertTable:
    """One round's experts; `few`: how many gave too few scores to be told of."""

    key: str
    name: str
    rows: tuple[ExpertRow, ...]
    few: int


@dataclass(frozen=True)
class Teller:
    """Puts one stored advice into words for one reader."""

    content: Record
    rulebook: Rulebook
    names: Mapping[str, str]
    lines: Sequence[Line] = field(default_factory=tuple)

    # --- names ------------------------------------------------------------------------------------------------

    def round_name(self, key: str) -> LocalText:
        return self.rulebook.round(key).name

    def cut_name(self, key: str) -> str:
        """A lower cut holds the levels above it, too."""
        if key == ONWARD:
            return _("下一轮")
        name = say(self.rulebook.level(key).name)
        return name if key == self.content["cuts"][0][0] else _("%(level)s及以上", level=name)

    def said(self, stored: Record) -> str:
        """A stored message with the round's name in place of its key."""
        message = message_of(stored)
        values = dict(message.values)
        if "round" in values:
            values["round"] = self.round_name(str(values["round"]))
        return say(Message(message.text, values))

    def named(self, dossiers: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.names[dossier] for dossier in dossiers)

    # --- the table --------------------------------------------------------------------------------------------

    def rows(self) -> Iterator[Row]:
        """The ranked dossiers in official order; with nothing beside them where the scores do not suffice."""
        outlooks = {each["dossier"]: each for each in self.content["outlooks"]}
        for line in self.lines:
            if line.rank is not None:
                outlook = outlooks.get(line.number)
                yield Row(line, self.names[line.number], outlook and self._told(line, outlook))

    def row_of(self, application_id: int) -> Row | None:
        return next((row for row in self.rows() if row.line.application_id == application_id), None)

    def _told(self, line: Line, outlook: Record) -> Told:
        chances = [count / self.content["draws"] for count in outlook["within"]]
        word, is_border = self._band(chances)
        moved = outlook["calibrated"] - float(from_text(line.score))
        return Told(
            calibrated=f"{outlook['calibrated']:.1f}",
            difference=f"{moved:+.1f}",
            low=outlook["low"],
            high=outlook["high"],
            picture=self._picture(outlook, line.rank or 0),
            chances=tuple(map(chance, chances)),
            band=word,
            is_border=is_border,
            flags=tuple(_(FLAGS[flag]) for flag in outlook["flags"]),
        )

    def _band(self, chances: Sequence[float]) -> tuple[str, bool]:
        """In words: inside a cut, at its border, or outside all of them."""
        for (key, _places), found in zip(self.content["cuts"], chances, strict=True):
            where = band(found)
            if where == INSIDE:
                return _("%(level)s之内", level=self.cut_name(key)), False
            if where == BORDER:
                return _("%(level)s边缘", level=self.cut_name(key)), True
        return _("线外"), False

    def _picture(self, outlook: Record, rank: int) -> Picture:
        return Picture(
            low=self._across(outlook["low"]),
            high=self._across(outlook["high"]),
            point=self._across(rank),
            cuts=tuple(self._across(places + 0.5) for _key, places in self.content["cuts"]),
        )

    def _across(self, rank: float) -> float:
        last = max(len(self.content["outlooks"]), 2)
        return round(LEFT + (rank - 1) / (last - 1) * (RIGHT - LEFT), 1)

    # --- the experts ------------------------------------------------------------------------------------------

    def manners(self, people: Mapping[str, str], round_key: str) -> Iterator[ExpertTable]:
        """By round, the severest first; of those who gave too few scores to say anything only how many they are. How the scale
        was used is known of the ranking's own round."""
        for key, found in self.content["manners"].items():
            uses = self.content["uses"] if key == round_key else {}
            told = [each for each in found if each["reviews"] >= FEWEST]
            rows = [_expert(each, people, uses.get(each["expert"])) for each in sorted(told, key=_severity)]
            yield ExpertTable(key, say(self.round_name(key)), tuple(rows), len(found) - len(told))

    # --- sentences --------------------------------------------------------------------------------------------

    def wrong(self) -> Iterator[str]:
        for (key, places), seats in zip(self.content["cuts"], self.content["wrong"], strict=True):
            values = {"level": self.cut_name(key), "places": places, "n": f"{seats:.1f}"}
            yield _("%(level)s的 %(places)s 席中，假如一切都已查明，大约有 %(n)s 席会属于别的申报者。", **values)

    def changes(self) -> Iterator[Change]:
        keys = {places: self.cut_name(key) for key, places in self.content["cuts"]}
        for each in self._sensitivity["changes"]:
            if each["variant"] != WITHOUT:
                yield self._change(each, keys[each["places"]], self._variant(each["variant"], each["subject"]))

    def _change(self, each: Record, cut: str, variant: str) -> Change:
        return Change(variant, cut, self.named(each["lost"]), self.named(each["gained"]))

    def _variant(self, key: str, subject: str) -> str:
        return say(Message(VARIANTS[key], {"round": self.round_name(subject)} if subject else {}))

    @property
    def _sensitivity(self) -> Record:
        found: Record = self.content["sensitivity"]
        return found

    def unmoved(self) -> str:
        """How many ways were tried, and how many of the experts could be left out without changing a winner."""
        left_out = [subject for key, subject in self._sensitivity["tried"] if key == WITHOUT]
        decisive = {each["subject"] for each in self._sensitivity["changes"] if each["variant"] == WITHOUT}
        other = len(self._sensitivity["tried"]) - len(left_out)
        return _(
            "试了 %(ways)s 种别的算法；又把 %(experts)s 位专家逐一排除，其中 %(n)s 位会使线上的名单变动。",
            ways=other,
            experts=len(left_out),
            n=len(decisive),
        )

    def stable(self) -> Iterator[str]:
        for key, places in self.content["cuts"]:
            names = self.named(self._sensitivity["stable"][str(places)])
            values = {"level": self.cut_name(key), "n": len(names), "places": places}
            if len(names) == places:
                yield _("%(level)s的 %(places)s 席在各种算法下都不变。", **values)
            elif names:
                values["names"] = _("、").join(names)
                yield _("%(level)s的席位中，各种算法下都不变的有 %(n)s 席：%(names)s。", **values)
            else:
                yield _("%(level)s的席位中，没有一席在各种算法下都不变。", **values)

    def fits(self) -> Iterator[tuple[str, str]]:
        for each in self.content["fits"]:
            values = {name: f"{each[name]:.0f}" for name in ("severity", "noise", "quality")}
            yield (
                say(self.round_name(each["key"])),
                _(
                    "专家宽严相差约 %(severity)s 分（标准差），同一专家的偶然起伏约 %(noise)s 分，申报之间的差别约 %(quality)s 分。",
                    **values,
                ),
            )
            if each["efficiency"] is not None:
                percent = round(100 * each["efficiency"])
                yield "", _("评审任务的分法使校准后的比较达到“宽严已知”时的 %(percent)s%%。", percent=percent)

    def relied(self) -> Iterator[str]:
        found: Record = self.content["reliability"]
        yield from self._shares(found)
        if "alpha" in found:
            yield _("Krippendorff α（定距，允许缺失）为 %(value)s。", value=f"{found['alpha']:.2f}")
        for panel in found.get("panels", ())[:3]:
            values = {"experts": panel["experts"], "dossiers": panel["dossiers"]}
            values |= {key: f"{panel[key]:.2f}" for key in ("w", "two_single", "two_mean")}
            yield _(
                "%(experts)s 位专家共评 %(dossiers)s 家的一组：Kendall W（同分已校正）%(w)s，ICC(2,1) %(two_single)s，ICC(2,k) %(two_mean)s。",
                **values,
            )
        yield from self._items(found)

    def _shares(self, found: Record) -> Iterator[str]:
        if "shares_refused" in found:
            yield self.said(found["shares_refused"])
            return
        shares = found["shares"]
        parts = {key: round(100 * shares[key]) for key in ("dossiers", "experts", "chance")}
        yield _("得分的差别中，%(dossiers)s%% 来自申报本身，%(experts)s%% 来自专家宽严，%(chance)s%% 是偶然。", **parts)
        values = {key: f"{shares[key]:.2f}" for key in ("single", "mean", "calibrated")}
        yield _(
            "可靠性：单份评分 %(single)s，正式平均分 %(mean)s，校准后的平均分至多 %(calibrated)s（1 为完全可靠）。",
            **values,
        )
        if shares["needed"] is not None:
            yield _("平均分要达到 0.9，每份申报需要 %(n)s 份评分。", n=shares["needed"])

    def _items(self, found: Record) -> Iterator[str]:
        if "items_refused" in found:
            yield self.said(found["items_refused"])
        for each in found.get("items", ())[:3]:
            yield _(
                "条款 %(item)s：%(pairs)s 对专家的二次加权 κ 中位数 %(value)s。",
                item=each["item"],
                pairs=each["pairs"],
                value=f"{each['median']:.2f}",
            )

    def page(self) -> Page:
        content = self.content
        return Page(
            cuts=tuple(self.cut_name(key) for key, _places in content["cuts"]),
            rows=tuple(self.rows()),
            refusals=tuple(map(self.said, content["refusals"])),
            notices=tuple(map(self.said, content["notices"])),
            sentences=tuple(self.wrong()) if content["wrong"] else (),
            changes=tuple(self.changes()),
            stable=tuple(self.stable()),
            unmoved=self.unmoved(),
            worth=self.named([dossier for dossier, _value in content["worth"]]),
            fits=tuple(self.fits()),
            relied=tuple(self.relied()),
            last=len(content["outlooks"]),
        )


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def _offset(each: Record) -> str:
    """With the ends of its 95 % interval."""
    if each["error"] is None:
        return f"{each['offset']:+.1f}"
    reach = NORMAL_95 * each["error"]
    return f"{each['offset']:+.1f}（{each['offset'] - reach:+.1f} … {each['offset'] + reach:+.1f}）"


def _severity(each: Record) -> tuple[float, str]:
    return each["offset"], each["expert"]


def _expert(each: Record, people: Mapping[str, str], use: Record | None) -> ExpertRow:
    return ExpertRow(
        name=people.get(each["expert"], ""),
        number=each["expert"],
        reviews=each["reviews"],
        offset=_offset(each),
        spread=_number(each["spread"]),
        misfit=_number(each["misfit"]),
        scale=_scale(use) if use else "—",
        halo=_number(use["halo"]) if use else "—",
        is_unusual=each["is_unusual"],
    )


def _scale(use: Record) -> str:
    return _("%(low)s–%(high)s%%，%(steps)s 档", low=use["lowest"], high=use["highest"], steps=use["steps"])


def chance(share: float) -> str:
    """Rounded to one in twenty, in words: more would pretend to know more."""
    if share < ALMOST:
        return _("几乎没有可能")
    if share > 1 - ALMOST:
        return _("几乎肯定")
    twentieths = round(share * TWENTIETHS)
    if twentieths % 2:
        return _("20 次里约 %(n)s 次", n=twentieths)
    return _("10 次里约 %(n)s 次", n=twentieths // 2)


def names_for(lines: Sequence[Line], *, blind: bool) -> dict[str, str]:
    """By number; where the committee's papers are blind, the place in the list instead of the name."""
    if not blind:
        return {line.number: line.name for line in lines}
    return {line.number: say(alias(line.position)) for line in lines}


def teller(view: RankingView, content: Record, lines: Sequence[Line], *, blind: bool) -> Teller:
    return Teller(content, pages.rulebook_for(view), names_for(lines, blind=blind), lines)
