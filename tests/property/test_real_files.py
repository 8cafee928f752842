"""Real dependency files, mutated by hypothesis: a parser raises InputError and nothing else.

The files are the public ones of ../shared/lockfiles.zip; without it these tests are skipped.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depscan.errors import InputError
from depscan.inputs.discover import entries, format_of
from depscan.text.source import SourceFile

ARCHIVE = Path(__file__).resolve().parents[3] / "shared" / "lockfiles.zip"
LARGEST = 60_000
VALUES = [b"7", b"[]", b"{}", b"null", b'""', b"true", b"[[1]]", b"-", b"~", b"'", b'"', b"\x00", b"\xff", b"{" * 2000]


def real_files() -> list[SourceFile]:
    """Return the small ones of the real files, whole; the large ones have the same shapes."""
    if not ARCHIVE.exists():
        return []
    with zipfile.ZipFile(ARCHIVE) as archive:
        rows = [i for i in archive.infolist() if i.filename.startswith("files/") and 0 < i.file_size <= LARGEST]
        return [SourceFile(i.filename, archive.read(i)) for i in rows]


FILES = real_files()


@pytest.mark.skipif(not FILES, reason="../shared is not here")
@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_mutated_real_file_raises_nothing_but_input_error(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(FILES))
    lines = source.data.split(b"\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.integers(0, 5))
        if kind == 0:
            del lines[at:]
            lines.append(b"")
        elif kind == 1:
            lines.insert(at, data.draw(st.sampled_from(lines)))
        elif kind == 2:
            del lines[at]
            lines = lines or [b""]
        elif kind == 3:
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
        elif kind == 4:
            mark = next((m for m in (b": ", b" = ", b"=", b":") if m in lines[at]), b"=")
            lines[at] = lines[at].partition(mark)[0] + mark + data.draw(st.sampled_from(VALUES))
        else:
            lines[at] = data.draw(st.binary(max_size=40))
    mutated = SourceFile(source.path, b"\n".join(lines))
    try:
        made = format_of(mutated, entries(), named=True)
        document = made.parse(mutated) if made else None
    except InputError as error:
        assert str(error)
        return
    if made and document:
        for key, route in document.at.items():
            assert made.locate(mutated, route) >= 0, key
