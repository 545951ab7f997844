"""One form for every record that gets a digest: JSON with sorted keys, no spaces, text as it is, in UTF-8."""

import hashlib
import json
from typing import Any

Record = dict[str, Any]


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
