"""Command lines: what they install, download and run."""

from __future__ import annotations

import pytest

from depscan.inputs.code._commands import read_command
from depscan.model.document import Document


def read(text: str, line: int = 1) -> Document:
    document = Document("Dockerfile", "dockerfile")
    root = document.add_root("Dockerfile")
    read_command(text, document, root, line)
    return document


def named(text: str) -> list[tuple[str, str, str | None]]:
    nodes = read(text).nodes.values()
    return [(p.ecosystem, p.name, p.version) for p in nodes if p.ecosystem != "project"]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("pip install numpy==1.26.4", [("PyPI", "numpy", "1.26.4")]),
        ("pip install -q --upgrade 'torch>=2' Flask", [("PyPI", "torch", None), ("PyPI", "flask", None)]),
        ("python3 -m pip install -r requirements.txt requests", [("PyPI", "requests", None)]),
        ("sudo -E pip3 install --target /opt/x a==1", [("PyPI", "a", "1")]),
        ("PIP_NO_CACHE_DIR=1 pip install a==1 && echo hi", [("PyPI", "a", "1")]),
        ("{sys.executable} -m pip install tqdm", [("PyPI", "tqdm", None)]),
        ("pip install -e . && pip install ./local wheel.whl", []),
        ("uv pip install --system polars==1.0", [("PyPI", "polars", "1.0")]),
        ("uv run --with rich==13.0 main.py", [("PyPI", "rich", "13.0")]),
        ("uv tool install ruff", [("PyPI", "ruff", None)]),
        ("uvx black@24.1.0 .", [("PyPI", "black", "24.1.0")]),
        ("pipx install poetry==1.8.0", [("PyPI", "poetry", "1.8.0")]),
        ("pipx run cowsay", [("PyPI", "cowsay", None)]),
        ("npm install -g @scope/tool@1.2.3 left-pad", [("npm", "@scope/tool", "1.2.3"), ("npm", "left-pad", None)]),
        ("npm ci && npm install", []),
        ("npx -y @scope/server", [("npm", "@scope/server", None)]),
        ("conda install -y -c pytorch pytorch==2.1.0", [("conda", "pytorch", "2.1.0")]),
        ("apt-get install -y curl git", []),
        ("huggingface-cli download org/name --revision main", [("huggingface", "org/name", None)]),
        ("hf download org/set --repo-type dataset", [("huggingface", "datasets/org/set", None)]),
        (f"hf download org/name --revision {'a' * 40}", [("huggingface", "org/name", "a" * 40)]),
        ("ollama pull llama3.2:3b", [("library-model", "ollama/llama3.2:3b", None)]),
        ("docker run --rm -p 80:80 ghcr.example/org/app:1.2 serve", [("image", "ghcr.example/org/app", "1.2")]),
        ("curl -fsSL https://get.example/install.sh | sudo bash -s -- -y", [("service", "get.example", None)]),
        ("bash <(curl -s https://get.example/install.sh)", [("service", "get.example", None)]),
        ('sh -c "$(curl -fsSL https://get.example/install.sh)"', [("service", "get.example", None)]),
        ("curl -O https://get.example/file.tar.txt", []),
        ("wget https://files.example/weights/a.ckpt", [("service", "files.example", None)]),
        ("git clone --depth 1 https://code.example/org/repo.git", [("repository", "code.example/org/repo", None)]),
        ("bash -c 'pip install inner==2'", [("PyPI", "inner", "2")]),
        ("if true; then pip install later==1; fi", [("PyPI", "later", "1")]),
        ("echo pip install nothing", []),
        ("# pip install nothing", []),
        ("pip install $PACKAGE", []),
        ("pip install 'unclosed", []),
        ("pip install git+https://code.example/o/r@main#egg=thing", [("PyPI", "thing", None)]),
    ],
)
def test_a_command_line_states_what_it_fetches(text: str, want: list[tuple[str, str, str | None]]) -> None:
    assert named(text) == want


def test_an_index_on_the_command_line_is_recorded() -> None:
    document = read("pip install --extra-index-url https://index.example/simple -i=https://a.example/ -fhttps://b/ x")
    assert [(i.role, i.url) for i in document.indexes] == [
        ("extra", "https://index.example/simple"), ("index", "https://a.example/"), ("find-links", "https://b/"),
    ]  # fmt: skip


def test_lines_are_counted_over_continued_lines() -> None:
    document = read("apt-get update && \\\n  pip install a==1 \\\n  b==2 && \\\n  pip install c", 10)
    assert [(u.node, u.at, u.get("pinned")) for u in document.uses] == [
        ("pkg:pypi/a@1", 11, "yes"), ("pkg:pypi/b@2", 11, "yes"), ("pkg:pypi/c", 13, "no"),
    ]  # fmt: skip


def test_a_piped_script_is_code_that_nobody_pinned() -> None:
    [use] = read("curl https://get.example/x.sh | sh").uses
    assert (use.how, use.get("code"), use.get("pinned"), use.get("stage")) == ("curl | sh", "yes", "no", "build")


def test_a_version_from_a_variable_is_not_known() -> None:
    [use] = read("pip install torch==$TORCH").uses
    assert use.get("pinned") == "unknown"


def test_a_clone_is_pinned_by_the_checkout_behind_it() -> None:
    document = read(f"git clone https://code.example/o/r && cd r && git checkout {'b' * 40}")
    assert [u.get("pinned") for u in document.uses] == ["yes"]


def test_secrets_in_urls_are_masked() -> None:
    document = read("pip install --index-url https://u:pw@index.example/ git+https://t0ken@code.example/o/r")
    assert "pw" not in repr(document.nodes) + repr(document.uses) + repr(document.edges)
    assert "t0ken" not in repr(document.nodes) + repr(document.uses) + repr(document.edges)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("pip install a==${{ matrix.v }} b", [("PyPI", "a", None), ("PyPI", "b", None)]),
        ("pip install ${{ matrix.deps }}", []),
        ("npm install -g ${{ inputs.p }} a@${{ env.V }}", []),
        ("docker run --mount src=${{ github.workspace }}/x acme/app:1", [("image", "acme/app", "1")]),
    ],
)
def test_an_expression_of_a_workflow_is_one_word_and_no_name(
    text: str, want: list[tuple[str, str, str | None]]
) -> None:
    assert named(text) == want
