"""Regions as people name them: by code, by full name, or by a name that only one place has."""

from functools import cache

from app.applications.rules import typed
from app.kernel import regions
from app.kernel.regions import Region
from app.kernel.words import N_, Message

UNKNOWN = N_("没有找到“%(text)s”。请填写行政区划的全称，例如“山西省大同市”，或六位代码。")
AMBIGUOUS = N_("“%(text)s”有 %(n)s 处同名地区：%(places)s。请写出上级地区的名称。")
NOT_IN_CITY = N_("%(city)s没有“%(text)s”。可以填写：%(counties)s；也可以留空。")
LISTED = 6


@cache
def _by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for province in regions.provinces():
        for region in _within(province):
            for name in _names(region, province):
                found.setdefault(name, set()).add(region.code)
    return {name: _places(codes) for name, codes in found.items()}


def _within(province: Region) -> tuple[Region, ...]:
    """The province itself, its cities and their counties."""
    cities = regions.cities(province.code)
    return (province, *cities, *(county for city in cities for county in regions.counties(city.code)))


def _names(region: Region, province: Region) -> set[str]:
    """As people name it: with or without what it lies in, with or without the word for what it is."""
    full = regions.full_name(region.code)
    short = full.zh.removeprefix(province.name.zh)
    bare = region.name.zh.removesuffix("市").removesuffix("省")
    names = (full.zh, short, region.name.zh, bare, full.en, region.name.en)
    return {_key(name) for name in names if name}


def _places(codes: set[str]) -> tuple[str, ...]:
    """A municipality is its own only city: both codes name one place, and the city's says more."""
    by_name = {regions.full_name(code).zh: code for code in sorted(codes)}
    return tuple(by_name.values())


def _key(text: str) -> str:
    return "".join(text.lower().split()).replace("，", ",")


def candidates(text: str) -> tuple[str, ...]:
    plain = typed.code(text)
    if plain.isdigit():
        region = regions.find(plain) if len(plain) in (2, 4, 6) else None
        return (regions.current(region.code),) if region else ()
    return _by_name().get(_key(typed.one_line(text)), ())


def region_named(text: str) -> str | None:
    """The six-digit code of the one place that this text names, else None."""
    found = candidates(text)
    return found[0] if len(found) == 1 else None


def place_problem(text: str) -> Message | None:
    found = candidates(text)
    if len(found) == 1:
        return None
    if not found:
        return Message(UNKNOWN, {"text": text})
    places = tuple(regions.full_name(code) for code in found[:LISTED])
    return Message(AMBIGUOUS, {"text": text, "n": len(found), "places": places})


def county_in(city: str, text: str) -> str | None:
    """The county of this city that the text names; the city itself where nothing was typed."""
    if not text.strip():
        return city
    plain = _key(typed.one_line(text))
    for county in regions.counties(city):
        if plain in (county.code, _key(county.name.zh), _key(regions.full_name(county.code).zh), _key(county.name.en)):
            return county.code
    return None


def county_problem(city: str, text: str) -> Message | None:
    if county_in(city, text) is not None:
        return None
    counties = tuple(county.name for county in regions.counties(city))
    return Message(NOT_IN_CITY, {"city": regions.full_name(city), "text": text, "counties": counties})
