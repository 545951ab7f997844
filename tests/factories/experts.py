"""Spreadsheets of experts, and pools imported from them."""

import csv
import io
from collections.abc import Sequence

from app.experts import services
from app.experts.models import Expert, PoolImport
from app.experts.rules import COLUMNS
from app.kernel.actor import Actor
from app.kernel.credit_code import make
from app.kernel.database import db
from tests.support.built import built_once

HEADING = [column.name.zh for column in COLUMNS]


def row(of: int = 1, **texts: str) -> dict[str, str]:
    """One good row; every field may be said otherwise."""
    return {
        "number": f"E{of:03d}",
        "name": f"专家{of}",
        "email": f"expert{of}@pool.example",
        "kind": "行业专家",
        "title": "教授",
        "degree": "",
        "employer_since": "",
        "residence_since": "",
        "registration_region": "",
        "criteria": "",
        "certificates": "",
        "languages": "",
        "min_load": "",
        "blocked": "",
        "specialty": "精益生产",
        "employer": f"示例大学{of}",
        "employer_code": make(of, "330000"),
        "employer_region": "330100",
        "residence_region": "330100",
        "former_regions": "",
        "industries": "34;38",
        "may_lead": "否",
        "max_load": "10",
        "available": "是",
    } | texts


def sheet(*rows: dict[str, str], columns: Sequence[str] = ()) -> bytes:
    """The rows as a CSV file with the Chinese headings."""
    wanted = [column for column in COLUMNS if not columns or column.key in columns]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([column.name.zh for column in wanted])
    writer.writerows([[each[column.key] for column in wanted] for each in rows])
    return buffer.getvalue().encode("utf-8-sig")


def preview(actor: Actor, *rows: dict[str, str], columns: Sequence[str] = ()) -> PoolImport:
    return services.preview_import(actor, filename="pool.csv", content=sheet(*rows, columns=columns))


@built_once
def pool(actor: Actor, *rows: dict[str, str]) -> list[Expert]:
    """These experts in the pool, with their accounts."""
    services.apply_import(actor, preview(actor, *rows))
    wanted = [each["number"] for each in rows]
    return [expert for expert in db.session.query(Expert).order_by(Expert.number) if expert.number in wanted]
