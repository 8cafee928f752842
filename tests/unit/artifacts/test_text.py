"""Whatever an interpreter would read as text becomes text; binaries do not."""

from __future__ import annotations

import pytest

from depscan.artifacts.text import decode
from tests.unit.artifacts.builders import ELF, PNG


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        ("x = 'ü'\n".encode("utf-16"), "x = 'ü'\n"),
        ("import os\n".encode("utf-16-le"), "import os\n"),
        ("x = 'ü'\n".encode("latin-1"), "x = 'ü'\n"),
        ("# coding: cp1251\nx = 'ж'\n".encode("cp1251"), "# coding: cp1251\nx = 'ж'\n"),
        (b"#!/bin/python\n# -*- coding: utf-7 -*-\nx = '+AGE-'\n", "#!/bin/python\n# -*- coding: utf-7 -*-\nx = 'a'\n"),
        (b"# coding: unicode_escape\n\\x70rint(1)\n", "# coding: unicode_escape\nprint(1)\n"),
        (b"# coding: rot13\nx = 1\n", "# coding: rot13\nx = 1\n"),
        (b"# coding: nonsense\nx = 1\n", "# coding: nonsense\nx = 1\n"),
        (b"x = 1\n# coding: utf-7\ny='+AGE-'\n", "x = 1\n# coding: utf-7\ny='+AGE-'\n"),
        (b"", ""),
    ],
)
def test_text_is_decoded_as_its_interpreter_would(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize("data", [ELF, PNG, bytes(100), bytes(range(256)) * 10])
def test_binaries_are_no_text(data: bytes) -> None:
    assert decode(data) is None


def test_a_script_with_a_stray_nul_is_still_a_script() -> None:
    assert decode(b"echo hello\n" * 50 + b"\0" + b"echo\n") is not None
