import time

import pytest

from app.kernel import regions


@pytest.mark.parametrize(
    ("code", "zh", "en", "level"),
    [
        ("140000", "山西省", "Shanxi", "province"),
        ("14", "山西省", "Shanxi", "province"),
        ("1401", "太原市", "Taiyuan", "city"),
        ("140400", "长治市", "Changzhi", "city"),
        ("141100", "吕梁市", "Lüliang", "city"),
        ("140107", "杏花岭区", "Xinghualing District", "county"),
        ("140428", "长子县", "Zhangzi County", "county"),
        ("140781", "介休市", "Jiexiu", "county"),
        ("610000", "陕西省", "Shaanxi", "province"),
        ("150100", "呼和浩特市", "Hohhot", "city"),
        ("411100", "漯河市", "Luohe", "city"),
        ("513200", "阿坝藏族羌族自治州", "Ngawa Tibetan and Qiang Autonomous Prefecture", "city"),
        ("410104", "管城回族区", "Guancheng Hui District", "county"),
        ("110100", "北京市", "Beijing", "city"),
        ("710000", "台湾省", "Taiwan", "province"),
    ],
)
def test_a_code_has_a_name_in_both_languages(code: str, zh: str, en: str, level: str) -> None:
    region = regions.find(code)
    assert region is not None
    assert (region.name.zh, region.name.en, region.level, region.successor) == (zh, en, level, "")


@pytest.mark.parametrize("code", ["", "990000", "140199", "abc", "1401070"])
def test_an_unknown_code_is_no_region(code: str) -> None:
    assert regions.find(code) is None


def test_the_lists_a_form_offers() -> None:
    assert len(regions.provinces()) == 34
    assert [city.code for city in regions.cities("140000")] == [f"14{city:02d}00" for city in range(1, 12)]
    assert "140107" in {county.code for county in regions.counties("140100")}
    assert regions.counties("441900") == ()
    assert regions.cities("810000") == ()


def test_a_municipality_is_one_city_with_all_its_districts_and_counties() -> None:
    assert [city.code for city in regions.cities("50")] == ["500100"]
    below = {county.code for county in regions.counties("500100")}
    assert {"500103", "500235"} <= below
    assert regions.prefix("500235", "city") == regions.prefix("500000", "city") == "5001"


def test_places_directly_under_a_province_are_listed_below_its_own_city_code() -> None:
    assert "429000" in {city.code for city in regions.cities("42")}
    assert {county.code for county in regions.counties("429000")} == {"429004", "429005", "429006", "429021"}


@pytest.mark.parametrize(("level", "expected"), [("province", "14"), ("city", "1401"), ("county", "140107")])
def test_the_prefix_names_the_region_of_a_level(level: regions.Level, expected: str) -> None:
    assert regions.prefix("140107", level) == expected


@pytest.mark.parametrize(
    ("first", "second", "level", "same"),
    [
        ("140107", "140781", "province", True),
        ("140107", "610102", "province", False),
        ("140107", "140781", "city", False),
        ("140107", "140121", "city", True),
        ("140107", "140121", "county", False),
        ("140107", "140107", "county", True),
        ("110101", "110105", "city", True),
        ("500103", "500235", "city", True),
        # a code that is less precise than the level cannot prove that the places differ
        ("140000", "140107", "city", True),
        ("140100", "140107", "county", True),
        ("140200", "140107", "county", False),
        ("140000", "610100", "county", False),
        # an abolished code stands for its successor: 莱芜 became part of 济南
        ("371202", "370116", "county", True),
        ("371200", "370102", "city", True),
        ("371202", "370900", "city", False),
    ],
)
def test_two_places_in_one_region(first: str, second: str, level: regions.Level, *, same: bool) -> None:
    assert regions.same_region(first, second, level) is same
    assert regions.same_region(second, first, level) is same


def test_an_abolished_code_names_its_successor() -> None:
    region = regions.find("140726")
    assert region is not None
    assert (region.name.zh, region.successor, region.abolished) == ("太谷县", "140703", 2019)
    assert regions.current("140726") == "140703"
    assert regions.current("1401") == "140100"


def test_every_successor_is_in_force_and_every_code_has_a_region_above() -> None:
    for region in regions._abolished().values():
        assert region.successor in regions._in_force()
        assert region.code not in regions._in_force()
    for region in regions._in_force().values():
        assert regions.find(region.code[:2]) is not None
        assert regions.find(regions.prefix(region.code, "city")) is not None or region.level == "province"
        assert region.name.en


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("140121", "山西省太原市清徐县", "Qingxu County, Taiyuan, Shanxi"),
        ("140100", "山西省太原市", "Taiyuan, Shanxi"),
        ("140000", "山西省", "Shanxi"),
        ("110105", "北京市朝阳区", "Chaoyang District, Beijing"),
        ("429004", "湖北省仙桃市", "Xiantao, Hubei"),
        ("371202", "山东省济南市莱城区", "Laicheng District, Jinan, Shandong"),
        ("999999", "999999", "999999"),
    ],
)
def test_the_full_name_goes_from_the_province_down(code: str, zh: str, en: str) -> None:
    assert (regions.full_name(code).zh, regions.full_name(code).en) == (zh, en)


def test_the_table_loads_quickly() -> None:
    took = []
    for _ in range(5):
        for table in (regions._in_force, regions._abolished, regions._below):
            table.cache_clear()
        start = time.process_time()
        regions.find("140000")
        regions.cities("14")
        took.append(time.process_time() - start)
    assert min(took) < 0.03
