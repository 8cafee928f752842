"""A number with more digits than Python writes out must not end the reading of a package."""

from __future__ import annotations

import pytest

from depscan.facts.python import read_python_text
from depscan.facts.sink import Sink

HUGE = "10 ** 6000"
PLACES = {
    "command": f"os.system({HUGE})",
    "f-string": f"os.system(f'{{{HUGE}}}')",
    "key of a text": f"os.system('%(a)s' % {{{HUGE}: os.getcwd()}})",
    "named argument": f"os.system(**{{{HUGE}: 1}})",
    "member of a made class": f"type('A', (), {{{HUGE}: 1}})",
    "address of a log": f"logging.handlers.SysLogHandler(('a', {HUGE}))",
    "written file": f"json.dump([{HUGE}], open('/tmp/a', 'w'))",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_what_stands_after_it_is_still_read(place: str) -> None:
    sink = Sink()
    text = f"import json, logging.handlers, os\n{place}\nos.system('echo inert')\n"
    read_python_text(text, path="a.py", line=0, when="import", layer=(), sink=sink)
    assert ("echo inert",) in [fact.values for fact in sink.facts if fact.callee == "os.system"]
