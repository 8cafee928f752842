"""Targets: what a user names becomes the marker environment an interpreter there would report."""

from __future__ import annotations

import platform
import sys

import pytest
from packaging.markers import default_environment

from depscan.errors import UsageError
from depscan.resolution.target import Target, target_of
from depscan.resolution.uv import platform_of
from depscan.resolution.wheels import rank


@pytest.mark.parametrize(
    ("name", "os_name", "sys_platform", "system", "machine"),
    [
        ("linux", "posix", "linux", "Linux", "x86_64"),
        ("macos", "posix", "darwin", "Darwin", "arm64"),
        ("windows", "nt", "win32", "Windows", "AMD64"),
        ("manylinux_2_28_aarch64", "posix", "linux", "Linux", "aarch64"),
        ("musllinux_1_2_x86_64", "posix", "linux", "Linux", "x86_64"),
        ("macosx_11_0_x86_64", "posix", "darwin", "Darwin", "x86_64"),
        ("win32", "nt", "win32", "Windows", "x86"),
        ("win_arm64", "nt", "win32", "Windows", "ARM64"),
    ],
)
def test_a_platform_gives_the_markers_of_its_interpreter(
    name: str, os_name: str, sys_platform: str, system: str, machine: str
) -> None:
    made = target_of("3.12", name).environment()
    assert made["os_name"] == os_name
    assert made["sys_platform"] == sys_platform
    assert made["platform_system"] == system
    assert made["platform_machine"] == machine
    assert (made["python_version"], made["python_full_version"]) == ("3.12", "3.12.0")


@pytest.mark.skipif(sys.platform != "linux" or platform.python_implementation() != "CPython", reason="this machine")
def test_without_a_word_the_target_is_this_machine() -> None:
    ours, theirs = target_of().environment(), default_environment()
    unknown = {"platform_release", "platform_version", "extra"}
    assert {k: v for k, v in ours.items() if k not in unknown} == {
        k: v for k, v in theirs.items() if k not in unknown and k in ours
    }
    assert set(theirs) <= set(ours)


@pytest.mark.parametrize(
    ("python", "name"), [("2.7", ""), ("3", ""), ("3.11; x", ""), ("", "amiga"), ("", "linux_x86_64\n"), ("", "--flag")]
)
def test_what_is_no_target_is_bad_usage(python: str, name: str) -> None:
    with pytest.raises(UsageError):
        target_of(python, name)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("linux", "x86_64-unknown-linux-gnu"),
        ("macos", "aarch64-apple-darwin"),
        ("windows", "x86_64-pc-windows-msvc"),
        ("manylinux_2_28_aarch64", "aarch64-manylinux_2_28"),
        ("manylinux2014_x86_64", "x86_64-manylinux2014"),
        ("musllinux_1_2_x86_64", "x86_64-unknown-linux-musl"),
    ],
)
def test_uv_is_told_the_same_platform(name: str, word: str) -> None:
    assert platform_of(target_of("3.11", name)) == word


def test_the_wheel_of_the_target_stands_first() -> None:
    target = Target("3.11", "manylinux_2_28_x86_64")
    names = [
        "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "a-1-cp38-abi3-manylinux_2_28_x86_64.whl",
        "a-1-py2.py3-none-any.whl",
        "a-1-cp311-cp311-win_amd64.whl",
    ]
    assert [rank(name, target) for name in names] == [0, 1, 2, 3]
    assert rank("a-1-cp311-cp311-macosx_11_0_universal2.whl", target_of("3.11", "macos")) == 0
    assert rank("a-1-cp312-cp312-musllinux_1_2_x86_64.whl", target_of("3.12", "musllinux_1_2_x86_64")) == 0
    assert rank("a-1-cp312-cp312-musllinux_1_2_x86_64.whl", target_of("3.12", "linux")) == 3
    assert rank("nothing.whl", target) == 3
