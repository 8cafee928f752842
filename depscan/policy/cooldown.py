"""The policy's ``[cooldown]`` table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.model.cooldown import CooldownOptions

if TYPE_CHECKING:
    from depscan.policy.reader import Reader


def read_cooldown(reader: Reader, value: Any) -> CooldownOptions:  # noqa: ANN401 - TOML
    """Return how old releases have to be; the default, which asks for no age, for None.

    Raises:
        PolicyError: an unknown key, or a value of a wrong type.
    """
    top = reader.table(value, ("cooldown",), ("days", "packages", "indexes", "fixes", "needed"))
    return CooldownOptions(
        days=reader.days(top.get("days"), ("cooldown", "days")) or 0,
        packages=_days_by_name(reader, top.get("packages"), ("cooldown", "packages")),
        indexes=_days_by_name(reader, top.get("indexes"), ("cooldown", "indexes")),
        fixes=reader.choice(top.get("fixes"), ("cooldown", "fixes"), ("allow", "hold")),
        needed=reader.flag(top.get("needed"), ("cooldown", "needed")),
    )


def _days_by_name(reader: Reader, value: Any, route: tuple[str, ...]) -> tuple[tuple[str, int], ...]:  # noqa: ANN401
    if value is None:
        return ()
    if not isinstance(value, dict):
        reader.fail(route, "should be a table of name = days")
    return tuple((key, reader.days(item, (*route, key)) or 0) for key, item in value.items())
