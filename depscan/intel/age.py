"""How old advisory data is, in days, without importing datetime."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from depscan.errors import IntelError

if TYPE_CHECKING:
    from datetime import date


def age_days(newest: str, today: date | str = "") -> int:
    """Return the days from the newest record (RFC 3339) to a day (a date or YYYY-MM-DD); today in UTC by default.

    Raises:
        IntelError: ``newest`` is no date, so the age is not known.
    """
    end = _day_number(str(today)) if today else int(time.time()) // 86400
    try:
        return max(0, end - _day_number(newest))
    except ValueError:
        raise IntelError(f"the index does not say how old its data is ({newest[:30]!r})") from None


def _day_number(date: str) -> int:
    """Return the days from 1970-01-01 to a Gregorian date.

    Source: Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil. Importing
    datetime for this costs more than opening the index.
    """
    year, month, day = (int(part) for part in date[:10].split("-"))
    if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004
        raise ValueError(date)
    year -= month <= 2  # noqa: PLR2004 - the year starts in March here
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
