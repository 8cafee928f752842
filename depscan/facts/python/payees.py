"""A payee written into the code of a function that was told whom to pay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depscan.facts.fact import CALL, Fact
from depscan.facts.sink import Sink

_HINTS = (b"transfer", b"withdraw")
_SENT = re.compile(rb"(?:send|sign|send_raw)_transaction")
_PAYEE = (
    r"(?:to|dest|destination|recipient|receiver|beneficiary|payee|to_?address|to_?pubkey|to_?account|dest_?address"
    r"|destination_?address|recipient_?address|receiver_?address|withdraw_?address|to_addr)"
)
_ADDRESS = (
    r"(?:0x[0-9a-fA-F]{40}|5[1-9A-HJ-NP-Za-km-z]{47}|bc1[02-9ac-hj-np-z]{38,58}|T[1-9A-HJ-NP-Za-km-z]{33}"
    r"|(?=[1-9A-HJ-NP-Za-km-z]*\d)(?=[1-9A-HJ-NP-Za-km-z]*[A-Z])[1-9A-HJ-NP-Za-km-z]{43,44})"
)
_PAID = re.compile(rf"(?:[\"']{_PAYEE}[\"']\s*:|\b{_PAYEE}\s*=(?!=))\s*(?:[\w.]{{1,60}}\(\s*)?[\"']({_ADDRESS})[\"']")
_DEF = re.compile(r"^([ \t]*)(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(", re.M)
_ASKED = re.compile(rf"(?:^|[,(\s*])_?(?:{_PAYEE}(?:_ss58|_addr|_key|_str)?)\s*(?=[:,=)]|$)", re.IGNORECASE)
_SHAPED = re.compile(r"[\"'][0-9A-Za-z]{34,64}[\"']")
"""What every address looks like: few texts do, and the search for payees is slow."""
_BEFORE = 200
"""Characters before an address in which its name stands."""
_NOBODY = re.compile(r"0x(?:0{30,}[0-9a-f]{0,10}|0*dead|e{40})", re.IGNORECASE)
_MOST = 10
_LARGEST = 1 << 20
_LONGEST = 3000
"""Characters of a parameter list that are looked through."""


def read_payees(data: bytes, path: str, container: tuple[str, ...], sink: Sink) -> None:
    """Add ``money.sent`` where a function has a parameter for the payee and names another one itself.

    Args:
        data: the module's bytes.
        path: member path.
        container: archives around the member.
        sink: where the facts go.
    """
    if not any(word in data for word in _HINTS) and not (b"_transaction" in data and _SENT.search(data)):
        return
    text = data[:_LARGEST].decode("utf-8", "replace")
    for count, match in enumerate(_paid(text)):
        if count >= _MOST:
            return
        start = text.rfind("\n", 0, match.start()) + 1
        told = _NOBODY.match(match[1]) is None and "#" not in text[start : match.start()]
        name = _told(text, start) if told else ""
        if name:
            line = text.count("\n", 0, match.start()) + 1
            shown = text[start : match.end()].strip()[:300]
            values = ("instead", match[1])
            sink.add(Fact("money.sent", CALL, path, line, name, values, scope=name, text=shown, container=container))


def _paid(text: str) -> Iterator[re.Match[str]]:
    """Yield where a payee is named: only what stands before texts that may be addresses is looked at."""
    end = 0
    for shaped in _SHAPED.finditer(text):
        found = _PAID.search(text, max(end, shaped.start() - _BEFORE), shaped.end())
        end = shaped.end()
        if found:
            yield found


def _told(text: str, start: int) -> str:
    """Return the name of the function around a line when it is told the payee by its caller; else ""."""
    line = text[start : start + 400]
    indent = len(line) - len(line.lstrip())
    for found in reversed(list(_DEF.finditer(text, max(0, start - 60_000), start))):
        if len(found[1]) < indent:
            head = text[found.end() - 1 : min(found.end() + _LONGEST, start)]
            head = re.split(r"\)\s*(?:->[^:\n]{1,80})?:\s*\n", head, maxsplit=1)[0]
            body = text[found.end() : start]
            shown = body.count('"""') % 2 or body.count("'''") % 2  # an example in a docstring
            return found[2] if _ASKED.search(head) and not shown else ""
    return ""
