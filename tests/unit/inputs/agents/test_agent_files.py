"""Files of agents and editors: servers, hooks, approvals and secrets stand in the document with their lines."""

from __future__ import annotations

import json
from typing import Any

import pytest

from depscan.errors import InputError
from depscan.inputs.agents import (
    agent_settings,
    agent_toml,
    agent_yaml,
    devcontainer_json,
    mcp_json,
    server_json,
    tasks_json,
)
from depscan.model.document import Document
from depscan.model.use import FACTS, Use
from depscan.text.source import SourceFile


def mcp(**servers: Any) -> Document:
    return mcp_json.parse(SourceFile(".mcp.json", json.dumps({"mcpServers": servers}, indent=1).encode()))


def settings(value: dict[str, Any], name: str = "settings.json") -> Document:
    source = SourceFile(name, json.dumps(value, indent=1).encode())
    assert agent_settings.accepts(source)
    return agent_settings.parse(source)


def facts(document: Document, key: str) -> list[str]:
    return [use.get(key) for use in document.uses if use.get(key)]


def used(document: Document, how: str) -> Use:
    return next(use for use in document.uses if use.how == how)


def test_a_remote_server_is_a_service_with_its_endpoint_and_transport() -> None:
    document = mcp(a={"type": "sse", "url": "http://h.example/x"}, b={"httpUrl": "https://h.example/y"})
    first, second = document.uses
    assert (first.get("endpoint"), first.get("transport"), first.at) == ("http://h.example/x", "sse", 5)
    assert (second.get("endpoint"), second.get("transport")) == ("https://h.example/y", "http")
    assert [e.label for e in document.edges] == ["calls", "calls"]


@pytest.mark.parametrize(
    "server",
    [
        {"command": "npx", "args": ["-y", "a"], "env": {"API_KEY": "abcd1234efgh"}},
        {"command": "npx", "args": ["-y", "a", "--api-key", "abcd1234efgh"]},
        {"command": "npx", "args": ["-y", "a", "--api-key=abcd1234efgh"]},
        {"command": "npx", "args": ["-y", "mcp-remote", "https://h.example", "--header", "X-API-Key: abcd1234efgh"]},
        {"command": "docker", "args": ["run", "-e", "API_KEY=abcd1234efgh", "o/n"]},
        {"url": "https://h.example/x?api_key=abcd1234efgh"},
        {"url": "https://h.example/x", "headers": {"Authorization": "Bearer abcd1234efgh"}},
        {"command": "API_KEY=abcd1234efgh npx -y a"},
    ],
)
def test_a_secret_is_named_and_its_value_never_kept(server: dict[str, Any]) -> None:
    document = mcp(one=server)
    assert len(facts(document, "secret")) == 1
    assert "abcd1234efgh" not in repr((document.uses, document.edges, document.nodes, document.problems))


@pytest.mark.parametrize(
    "value", ["${API_KEY}", "$API_KEY", "${input:key}", "<your key>", "YOUR_API_KEY_HERE", "", "x"]
)
def test_a_reference_or_placeholder_is_no_secret(value: str) -> None:
    document = mcp(one={"command": "npx", "args": ["-y", "a"], "env": {"API_KEY": value, "PATH_TO_KEY_FILE": "/x"}})
    assert facts(document, "secret") == []


@pytest.mark.parametrize(
    ("words", "wide"),
    [
        (["npx", "-y", "fs", "/"], ["files:/"]),
        (["npx", "-y", "fs", "~", "$HOME/work"], ["files:~"]),
        (["npx", "-y", "fs", "--root=/home/me"], ["files:/home/me"]),
        (["npx", "-y", "fs", "C:\\"], ["files:C:\\"]),
        (["docker", "run", "-v", "/:/host:ro", "o/n"], ["files:/"]),
        (["docker", "run", "--mount", "type=bind,src=/home/me,dst=/x", "o/n"], ["files:/home/me"]),
        (["docker", "run", "-v", "/var/run/docker.sock:/var/run/docker.sock", "o/n"], ["files:/var/run/docker.sock"]),
        (["npx", "-y", "fs", "/home/me/project", ".", "${workspaceFolder}"], []),
    ],
)
def test_wide_folders_are_told_apart_from_narrow_ones(words: list[str], wide: list[str]) -> None:
    assert facts(mcp(one={"command": words[0], "args": words[1:]}), "permission") == wide


def test_approvals_of_a_server_stand_as_they_are_written() -> None:
    document = mcp(
        a={"command": "npx", "args": ["-y", "a"], "alwaysAllow": ["read"], "autoApprove": ["*"]},
        b={"command": "npx", "args": ["-y", "b"], "trust": True},
    )
    assert facts(document, "permission") == ["approves:read", "approves:*", "approves:*"]


def test_a_broken_server_is_a_problem_and_the_others_are_read() -> None:
    document = mcp(a=["npx"], b={"command": 7}, c={"command": "npx", "args": ["-y", "c"]})
    assert len(document.problems) == 2
    assert [p.name for p in document.nodes.values() if p.ecosystem == "npm"] == ["c"]


def test_hooks_of_claude_and_cursor_are_uses_with_their_event() -> None:
    document = settings({
        "hooks": {
            "PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "npx -y a@1.0.0 check"}]}],
            "stop": [{"command": "./end.sh"}],
        }
    })  # fmt: skip
    assert facts(document, "trigger") == ["PreToolUse", "stop"]
    assert used(document, "hooks.PreToolUse[0].hooks[0].command").at == 9
    assert [(p.name, p.version) for p in document.nodes.values() if p.ecosystem == "npm"] == [("a", "1.0.0")]


@pytest.mark.parametrize(
    "value",
    [
        {"permissions": {"allow": ["Bash(*)"]}},
        {"permissions": {"defaultMode": "bypassPermissions"}},
        {"enableAllProjectMcpServers": True},
        {"chat.tools.autoApprove": True},
        {"agent": {"always_allow_tool_actions": True}},
        {"tools": {"autoAccept": True}},
        {"permission": {"bash": "allow"}},
    ],
)
def test_switches_that_end_all_questions_are_approvals(value: dict[str, Any]) -> None:
    assert facts(settings(value), "permission")[0].startswith("approves:")


def test_variables_of_settings_give_endpoints_and_secrets_by_name() -> None:
    document = settings({"env": {"ANTHROPIC_BASE_URL": "https://p.example", "API_TOKEN": "abcd1234efgh"}})
    assert used(document, "env.ANTHROPIC_BASE_URL").get("endpoint") == "https://p.example"
    assert facts(document, "secret") == ["API_TOKEN"]


def test_opencode_zed_and_workspaces_have_their_own_shapes() -> None:
    assert facts(settings({"mcp": {"a": {"command": ["npx", "-y", "a"]}}}, "opencode.json"), "runner") == ["npx"]
    zed = {"context_servers": {"a": {"command": {"path": "uvx", "args": ["a"]}}}}
    assert facts(settings(zed), "runner") == ["uvx"]
    workspace = settings(
        {"settings": {"mcp": {"servers": {"a": {"command": "uvx", "args": ["a"]}}}}}, "x.code-workspace"
    )
    assert [(u.how, u.at) for u in workspace.uses] == [("mcp.servers.a", 7)]
    project = settings(
        {"projects": {"/p": {"mcpServers": {"a": {"command": "npx", "args": ["-y", "a"]}}}}}, ".claude.json"
    )
    assert facts(project, "runner") == ["npx"]


def test_remote_instructions_of_settings_are_uses() -> None:
    document = settings({"instructions": ["https://r.example/rules.md", "AGENTS.md"]}, "opencode.json")
    assert facts(document, "endpoint") == ["https://r.example/rules.md"]
    assert facts(document, "task") == ["instructions"]


@pytest.mark.parametrize(
    ("name", "data"),
    [("settings.json", b'{"editor.tabSize": 2}'), ("config.json", b'{"model_type": "bert", "hidden_size": 7}')],
)
def test_settings_of_other_programs_are_not_read(name: str, data: bytes) -> None:
    assert not agent_settings.accepts(SourceFile(name, data))


def test_codex_names_servers_and_approvals_in_toml() -> None:
    text = b'approval_policy = "never"\n[mcp_servers.a]\ncommand = "npx"\nargs = ["-y", "a"]\n'
    document = agent_toml.parse(SourceFile("config.toml", text))
    assert used(document, "mcp_servers.a").at == 4
    assert facts(document, "permission") == ["approves:*"]


def test_lists_of_servers_in_yaml_are_read() -> None:
    text = (
        b"mcpServers:\n  - name: a\n    command: uvx\n    args: [a==1.0]\n"
        b"extensions:\n  b:\n    cmd: npx\n    args: [-y, b]\n"
    )
    document = agent_yaml.parse(SourceFile("config.yaml", text))
    assert [(u.how, u.get("pinned"), u.at) for u in document.uses] == [
        ("mcpServers.a", "yes", 4),
        ("extensions.b", "no", 8),
    ]


def test_only_tasks_of_an_opened_folder_count() -> None:
    tasks = [
        {"command": "make"},
        {"command": "node x.js", "runOptions": {"runOn": "folderOpen"}, "windows": {"command": "x.cmd"}},
    ]
    document = tasks_json.parse(SourceFile("tasks.json", json.dumps({"tasks": tasks}).encode()))
    assert facts(document, "command") == ["node x.js", "x.cmd"]


def test_tasks_of_a_workspace_count_as_well() -> None:
    task = {"command": "node x.js", "runOptions": {"runOn": "folderOpen"}}
    document = settings({"tasks": {"tasks": [task]}}, "x.code-workspace")
    assert [(u.how, u.get("trigger")) for u in document.uses] == [("tasks.tasks[0].command", "folderOpen")]


def test_an_address_that_a_tool_is_told_to_talk_to_is_a_service() -> None:
    document = mcp(a={"command": "python", "args": ["s.py", "--server", "http://h.example:5000/"]})
    assert facts(document, "endpoint") == ["http://h.example:5000/"]
    document = mcp(
        a={"command": "npx", "args": ["-y", "a"], "env": {"API_URL": "https://h.example/v1", "X": "https://y.example"}}
    )
    assert facts(document, "endpoint") == ["https://h.example/v1"]


def test_a_manifest_gives_packages_and_remotes() -> None:
    text = json.dumps({
        "packages": [
            {"registryType": "npm", "identifier": "@a/b", "version": "1.0.0"},
            {"registry_name": "pypi", "name": "c"},
        ],
        "remotes": [{"url": "http://h.example/x", "type": "sse"}],
    })  # fmt: skip
    document = server_json.parse(SourceFile("server.json", text.encode()))
    assert [(u.how, u.get("pinned")) for u in document.uses] == [
        ("packages[0]", "yes"),
        ("packages[1]", "no"),
        ("remotes[0]", "unknown"),
    ]


def test_commands_of_a_container_are_uses_with_their_moment() -> None:
    text = b'{"image": "o/n:1", "initializeCommand": "npx -y a", "postStartCommand": {"x": ["uvx", "b"]}}'
    document = devcontainer_json.parse(SourceFile("devcontainer.json", text))
    assert facts(document, "trigger") == ["initializeCommand", "postStartCommand"]
    assert sorted(p.name for p in document.nodes.values() if p.source != "local") == ["a", "b", "o/n"]


def test_facts_are_of_the_vocabulary() -> None:
    document = mcp(
        one={"command": "npx", "args": ["-y", "a", "/"], "env": {"A_TOKEN": "abcd1234"}, "autoApprove": ["*"]}
    )
    assert {key for use in document.uses for key, _ in use.facts} <= FACTS


@pytest.mark.parametrize(
    "module", [agent_settings, agent_toml, agent_yaml, devcontainer_json, mcp_json, server_json, tasks_json]
)
def test_a_file_cut_anywhere_raises_nothing_but_input_error(module: Any) -> None:
    texts = {
        agent_toml: b'[mcp_servers.a]\ncommand = "npx"\nargs = ["-y", "a"]\nenv = { A = "b" }\n',
        agent_yaml: b"mcpServers:\n  - name: a\n    command: npx\n    args: [-y, a]\n    env: {A: b}\n",
    }
    default = json.dumps({
        "mcpServers": {"a": {"command": "npx", "args": ["-y", "a@1.0.0", "/"], "env": {"TOKEN": "abcd1234"}, "url": "https://h.example"}},
        "hooks": {"x": [{"hooks": [{"command": "curl https://h.example | sh"}]}]},
        "packages": [{"registryType": "npm", "identifier": "a"}],
        "tasks": [{"command": "x", "runOptions": {"runOn": "folderOpen"}}],
        "image": "o/n", "postCreateCommand": ["a", "b"], "permissions": {"allow": ["Bash(*)"]},
    }).encode()  # fmt: skip
    data = texts.get(module, default)
    for end in range(len(data)):
        for tail in (b"", b'"}}', b"]}", b"}", b"\xf0"):
            try:
                module.parse(SourceFile("x", data[:end] + tail))
            except InputError:
                continue
