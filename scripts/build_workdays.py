"""Write app/kernel/data/workdays.csv: China's public holidays and shifted working days, as the State Council set them.

Needs chinesecalendar, which the product itself does not: run it with `.venv/bin/python scripts/build_workdays.py` when a
new year has been announced (each November), or add the new rows to the file by hand.
"""

import csv
from pathlib import Path

from chinese_calendar.constants import holidays, workdays

TARGET = Path(__file__).parents[1] / "app" / "kernel" / "data" / "workdays.csv"
FIRST_YEAR = 2018
NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "Mid-autumn Festival": "中秋节", "National Day": "国庆节",
}  # fmt: skip


def main() -> None:
    free = [(day, "holiday", name) for day, name in holidays.items()]
    shifted = [(day, "working", name) for day, name in workdays.items()]
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["date", "kind", "zh", "en"])
        for day, kind, name in sorted(free + shifted):
            if day.year >= FIRST_YEAR:
                writer.writerow([day.isoformat(), kind, NAMES[name], name])


if __name__ == "__main__":
    main()
