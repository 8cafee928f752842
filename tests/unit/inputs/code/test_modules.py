"""Constants of other modules of the project: found within the scan, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.inputs.gather import Gathered

HEAD = "from transformers import AutoModel\n"
CONFIG = """
import os
from .base import BASE
NAME = "o/plain"
FROM_ENV = os.getenv("M", "o/env")
LONGER = BASE + "-x"
MODELS = {"small": "o/small"}
class Settings:
    model: str = "o/settings"
settings = Settings()
def name():
    return "o/function"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return src/app with config.py, base.py and a package below."""
    app = tmp_path / "src" / "app"
    (app / "sub").mkdir(parents=True)
    for file, text in {
        "__init__.py": 'TOP = "o/top"\n', "config.py": CONFIG, "base.py": 'BASE = "o/base"\n', "sub/__init__.py": "",
    }.items():  # fmt: skip
        (app / file).write_text(text)
    return tmp_path


def names(project: Path, code: str) -> list[tuple[str, str]]:
    """Return (node, where its name comes from) of the uses of ``code`` as src/app/sub/run.py."""
    (project / "src" / "app" / "sub" / "run.py").write_text(HEAD + code)
    gathered = Gathered(root=str(project))
    gathered.add_paths([str(project)])
    assert gathered.coverage == []
    return [(u.node.removeprefix("pkg:huggingface/"), u.get("model-from")) for d in gathered.documents for u in d.uses]


@pytest.mark.parametrize(
    ("code", "want"),
    [
        ("from ..config import NAME\nAutoModel.from_pretrained(NAME)", ("o/plain", "config:config.NAME")),
        ("from app.config import NAME as N\nAutoModel.from_pretrained(N)", ("o/plain", "config:app.config.NAME")),
        ("from app import config\nAutoModel.from_pretrained(config.NAME)", ("o/plain", "config:app.config.NAME")),
        ("import app.config as c\nAutoModel.from_pretrained(c.NAME)", ("o/plain", "config:app.config.NAME")),
        ("import app.config\nAutoModel.from_pretrained(app.config.NAME)", ("o/plain", "config:app.config.NAME")),
        ("from .. import TOP\nAutoModel.from_pretrained(TOP)", ("o/top", "config:TOP")),
        ("from app.config import FROM_ENV\nAutoModel.from_pretrained(FROM_ENV)", ("o/env", "env:M")),
        ("from app.config import LONGER\nAutoModel.from_pretrained(LONGER)", ("o/base-x", "config:base.BASE")),
    ],
)
def test_a_constant_of_another_module_is_known(project: Path, code: str, want: tuple[str, str]) -> None:
    assert names(project, code) == [want]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("from app.config import MODELS\nAutoModel.from_pretrained(MODELS['small'])", "o/small"),
        ("from app.config import settings\nAutoModel.from_pretrained(settings.model)", "o/settings"),
        ("from app.config import Settings\nAutoModel.from_pretrained(Settings().model)", "o/settings"),
        ("from app.config import name\nAutoModel.from_pretrained(name())", "o/function"),
    ],
)
def test_so_are_its_classes_dicts_and_functions(project: Path, code: str, name: str) -> None:
    assert [n for n, _ in names(project, code)] == [name]


def test_modules_that_import_each_other_end(project: Path) -> None:
    (project / "src" / "app" / "a.py").write_text("from .b import X\n")
    (project / "src" / "app" / "b.py").write_text("from .a import X\n")
    assert names(project, "from app.a import X\nAutoModel.from_pretrained(X)") == []


def test_files_outside_of_the_scan_are_not_read(project: Path) -> None:
    outside = project.parent / "outside.py"
    outside.write_text('SECRET = "o/secret"\n')
    (project / "src" / "app" / "link.py").symlink_to(outside)
    (project / "src" / "app" / "sub" / "run.py").write_text(
        f"{HEAD}from app.link import SECRET\nAutoModel.from_pretrained(SECRET)\n"
    )
    gathered = Gathered()
    gathered.add_paths([str(project / "src" / "app" / "sub")])
    assert [u for d in gathered.documents for u in d.uses] == []


def test_a_broken_module_is_nothing_to_a_file_that_imports_it(project: Path) -> None:
    (project / "src" / "app" / "odd.py").write_text("this is ( no python\n")
    assert names(project, "from app.odd import X\nAutoModel.from_pretrained(X)") == []
