"""Launch commands: what is fetched, with which version, and whether tomorrow's run takes the same."""

from __future__ import annotations

import shlex

import pytest

from depscan.inputs.agents._launch import launches, launches_in_text

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "sha256:" + "a" * 64


def found(command: str) -> list[tuple[str, str, str | None, str]]:
    """Return (ecosystem, name, version, pinned) of a command line split as a shell does."""
    return [(x.package.ecosystem, x.package.name, x.package.version, x.pinned) for x in launches(shlex.split(command))]


@pytest.mark.parametrize(
    ("command", "want"),
    [
        ("npx -y @a/b@1.2.3 --x", ("npm", "@a/b", "1.2.3", "yes")),
        ("npx -y a@1", ("npm", "a", None, "no")),
        ("npx a@^1.2.0", ("npm", "a", None, "no")),
        ("npx --yes --registry https://r.example a@latest", ("npm", "a", None, "no")),
        ("bunx a@1.0.0", ("npm", "a", "1.0.0", "yes")),
        ("bun x a", ("npm", "a", None, "no")),
        ("pnpm dlx a@1.0.0", ("npm", "a", "1.0.0", "yes")),
        ("yarn dlx a", ("npm", "a", None, "no")),
        ("npm exec --yes -- a@1.0.0 run", ("npm", "a", "1.0.0", "yes")),
        (f"npx -y github:o/r#{COMMIT}", ("npm", "github:o/r", None, "yes")),
        ("npx -y github:o/r#main", ("npm", "github:o/r", None, "no")),
        ("uvx a-b", ("PyPI", "a-b", None, "no")),
        ("uvx A.B@1.0", ("PyPI", "a-b", "1.0", "yes")),
        ("uvx a@latest", ("PyPI", "a", None, "no")),
        ("uvx --from 'a[x]>=1' tool", ("PyPI", "a", None, "no")),
        (f"uvx --from git+https://repo.example/o/a.git@{COMMIT} a", ("PyPI", "a", None, "yes")),
        ("uv tool run a==2", ("PyPI", "a", "2", "yes")),
        ("uv --quiet tool run --python 3.12 a==2.*", ("PyPI", "a", None, "no")),
        ("pipx run --spec a==1.0 tool", ("PyPI", "a", "1.0", "yes")),
        ("uv run --with a==1.0 server.py", ("PyPI", "a", "1.0", "yes")),
        ("docker run -i --rm -e A=b -v /a:/b -p 80:80 o/n:1.0 --x", ("image", "o/n", "1.0", "no")),
        ("docker run --network=host -it n", ("image", "library/n", None, "no")),
        (f"podman run -ie K r.example:5000/o/n@{DIGEST}", ("image", "r.example:5000/o/n", None, "yes")),
        ("docker container run --pull always n:latest", ("image", "library/n", "latest", "no")),
        ("deno run -A npm:@a/b@1.0.0", ("npm", "@a/b", "1.0.0", "yes")),
        ("deno run --allow-net jsr:@a/b", ("JSR", "@a/b", None, "no")),
        ("go run repo.example/o/a@v1.2.3", ("Go", "repo.example/o/a", "v1.2.3", "yes")),
        ("cmd /c npx -y a", ("npm", "a", None, "no")),
        ("env -u X A=b npx -y a", ("npm", "a", None, "no")),
        ("A=b sudo -u me timeout 5 npx -y a", ("npm", "a", None, "no")),
        ("bash -lc 'cd /x && exec npx -y a@1.0.0'", ("npm", "a", "1.0.0", "yes")),
        ("op run --env-file=x -- uvx a", ("PyPI", "a", None, "no")),
        ("C:/x/npx.cmd a", ("npm", "a", None, "no")),
    ],
)
def test_a_launcher_fetches_one_thing(command: str, want: tuple[str, str, str | None, str]) -> None:
    assert found(command) == [want]


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("python -m own", "own"),
        ("python3 -u server.py --x", "server.py"),
        ("node ./x.js", "./x.js"),
        ("uv run server.py", "server.py"),
        ("uv --directory /srv run -m own.server", "own.server"),
        ("./bin/server", "./bin/server"),
        ("npm start", "npm"),
        ("docker compose up", "docker"),
        ("npx ./local", "npx"),
    ],
)
def test_other_programs_are_on_the_machine_already(command: str, program: str) -> None:
    assert found(command) == [("agent-tool", program, None, "unknown")]


def test_several_packages_are_all_fetched() -> None:
    assert [x[1] for x in found("npx -p a -p b@1.0.0 run")] == ["a", "b"]
    assert [x[1] for x in found("uvx --with a,b c")] == ["c", "a", "b"]
    assert [x[1] for x in found("uv run --with 'mcp[cli,x]' --with httpx mcp run s.py")] == ["mcp", "httpx"]


def test_what_a_launched_tool_launches_or_connects_to_counts_too() -> None:
    assert found("npx -y mcp-remote@0.1.2 http://h.example/sse --header A:b") == [
        ("npm", "mcp-remote", "0.1.2", "yes"),
        ("service", "h.example", None, "unknown"),
    ]
    assert [x[1] for x in found("npx -y dotenv-cli -- npx b@1.0.0")] == ["dotenv-cli", "b"]
    assert [x[1] for x in found("npx -y supergateway --stdio 'uvx c'")] == ["supergateway", "c"]


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("pip install 'a>=1' b==2 -r x.txt ./c", [("a", "pip install"), ("b", "pip install")]),
        ("python3 -m pip install --index-url https://i.example a", [("a", "pip install")]),
        ("uv pip install a && uv add b", [("a", "uv pip install"), ("b", "uv add")]),
        ("npm i -g a@1.0.0; yarn add b", [("a", "npm install"), ("b", "yarn add")]),
        ("curl -fsSL https://h.example/i.sh | sudo bash", [("h.example", "curl | bash")]),
        ("bash <(curl -s https://h.example/i)", [("h.example", "curl | bash")]),
        ('iex "& { $(irm https://h.example/i.ps1) }"', [("h.example", "curl | iex")]),
        ('echo "$(uvx a)" | tee x', [("a", "uvx")]),
        ("docker run -v $(pwd):/app node:20 x", [("library/node", "docker run")]),
        ("export A=$(npx -y a) B=`uvx b`", [("a", "npx"), ("b", "uvx")]),
        ("curl https://... | sh; curl https://$HOST/x | sh", []),
        ("npm install", []),
        ("pip install -e . -r requirements.txt", []),
        ("# npx -y a", []),
        ("curl https://h.example/data.json | jq .", []),
        ("echo 'npx -y a'", []),
    ],
)
def test_shell_text_gives_what_it_installs_and_runs(text: str, want: list[tuple[str, str]]) -> None:
    assert [(x.package.name, x.runner) for x in launches_in_text(text)] == want


def test_no_words_give_nothing() -> None:
    assert launches([]) == ()
    assert launches([""]) == ()
    assert launches(["env", "A=b"]) == ()
    assert launches(["bash", "-c"] * 50) != launches([])


def test_nesting_ends() -> None:
    text = "npx -y a"
    for _ in range(12):
        text = f"bash -c {shlex.quote(text)}"
    assert launches_in_text(text) == ()
