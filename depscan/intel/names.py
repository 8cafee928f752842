"""A list of malicious names without versions: notes for where no version facts are known.

The list is a tab-separated table with a head line; its columns ``name`` and ``id`` are read.
"""

from __future__ import annotations

from depscan.errors import IntelError
from depscan.model.advisory import MALICIOUS, Advisory


def read_names(path: str, ecosystem: str = "PyPI") -> list[Advisory]:
    """Return one advisory with origin "names" per line.

    Raises:
        IntelError: unreadable, or a line without a name and an id.
    """
    from depscan.ecosystems import ecosystem as rules_of

    rules = rules_of(ecosystem)
    try:
        with open(path, encoding="utf-8-sig") as stream:
            lines = stream.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise IntelError(f"cannot read: {error}", path=path) from None
    head = lines[0].split("\t") if lines else []
    if not {"name", "id"} <= set(head):
        raise IntelError("no columns 'name' and 'id'", path=path, line=1)
    at_name, at_id = head.index("name"), head.index("id")
    found: list[Advisory] = []
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if not line.strip():
            continue
        if len(cells) <= max(at_name, at_id) or not cells[at_name].strip() or not cells[at_id].strip():
            raise IntelError("a line without a name and an id", path=path, line=number)
        name = cells[at_name].strip()
        package = rules.normalise(name) if rules else name
        found.append(Advisory(cells[at_id].strip(), MALICIOUS, ecosystem, package, origin="names"))
    return found
