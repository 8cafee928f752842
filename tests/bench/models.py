"""What reading model files costs, as ratios within one run: against an empty Python, and against reading the bytes.

    python tests/bench/models.py [--zip cases.zip --labels labels.tsv] [--large MB]

Prints a table that docs/benchmarks.md can hold. Not a test: the figures depend on the machine, which is shared. Large
files are sparse ones in a temporary folder; nothing is loaded.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

_GIB = 1 << 30
_BLOCK = 1 << 20


def spent(command: list[str], times: int) -> tuple[float, int]:
    """Return the least CPU seconds of a command's runs, and MB at the highest peak."""
    best, peak = float("inf"), 0
    for _ in range(times):
        started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        best, peak = min(best, used.ru_utime + used.ru_stime), max(peak, used.ru_maxrss >> 10)
    return best, peak


def reading(path: Path) -> float:
    """Return the CPU seconds that reading a file's bytes takes."""
    start = time.process_time()
    with path.open("rb") as stream:
        while stream.read(_BLOCK):
            pass
    return time.process_time() - start


def row(*cells: object) -> None:
    """Print a line of the table."""
    sys.stdout.write(f"| {' | '.join(str(cell) for cell in cells)} |\n")
    sys.stdout.flush()


def safetensors(path: Path) -> None:
    """Write a sparse file of 4 GiB with one tensor."""
    header = json.dumps({"w": {"dtype": "U8", "shape": [4 * _GIB], "data_offsets": [0, 4 * _GIB]}}).encode()
    header += b" " * (-len(header) % 8)
    with path.open("wb") as stream:
        stream.write(len(header).to_bytes(8, "little") + header)
        stream.truncate(8 + len(header) + 4 * _GIB)


_TENSOR = (
    b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nByteStorage\nX\x01\x00\x00\x000"
    b"X\x03\x00\x00\x00cpu\x8a\x05%btQK\x00\x8a\x05%b\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR."
)


def torch_zip(path: Path) -> None:
    """Write a sparse zip of 4 GiB as torch does: a pickle and one stored storage (zip64; its checksum is left 0)."""
    size = 4 * _GIB
    number = struct.pack("<Q", size)[:5]
    members = [("archive/data.pkl", _TENSOR % (number, number), 0), ("archive/data/0", b"", size)]
    with path.open("wb") as stream:
        central = b""
        for name, data, hole in members:
            import zlib

            at, length = stream.tell(), hole or len(data)
            fields = struct.pack("<HHHHHI", 45, 0, 0, 0, 33, zlib.crc32(data)) + b"\xff" * 8
            extra = struct.pack("<HHQQ", 1, 16, length, length)
            tail = struct.pack("<HH", len(name), len(extra))
            stream.write(b"PK\3\4" + fields + tail + name.encode() + extra + data)
            stream.seek(hole, 1)
            central += b"PK\1\2\x2d\0" + fields + tail + struct.pack("<HHHII", 0, 0, 0, 0, at) + name.encode() + extra
        start = stream.tell()
        stream.write(central)
        end = stream.tell()
        stream.write(b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 2, 2, len(central), start))
        stream.write(b"PK\6\7" + struct.pack("<IQI", 0, end, 1))
        stream.write(b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 2, 2, 0xFFFFFFFF, 0xFFFFFFFF, 0))


def long_pickle(path: Path, size: int) -> None:
    """Write a pickle of one list of 1 MiB blocks: its bytes must be passed over."""
    with path.open("wb") as stream:
        stream.write(b"\x80\x04]")
        for _ in range(size // _BLOCK):
            stream.write(b"B" + struct.pack("<I", _BLOCK) + bytes(_BLOCK) + b"a")
        stream.write(b".")


def in_band(path: Path, size: int) -> None:
    """Write what joblib does: a pickle with the array's bytes between its opcodes."""
    write = "import sys, joblib, numpy as np; joblib.dump({'w': np.arange(int(sys.argv[2]), dtype='u1')}, sys.argv[1])"
    subprocess.run([sys.executable, "-c", write, str(path), str(size)], check=True)


def deflated(path: Path, size: int) -> None:
    """Write a zip whose pickle is packed: it must be unpacked to be read."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        block = bytes(range(256)) * (_BLOCK // 256)
        with archive.open("archive/data.pkl", "w", force_zip64=True) as stream:
            stream.write(b"\x80\x04]")
            for _ in range(size // _BLOCK):
                stream.write(b"B" + struct.pack("<I", _BLOCK) + block + b"a")
            stream.write(b".")


def gzipped(path: Path, size: int) -> None:
    """Write the same below gzip."""
    block = bytes(range(256)) * (_BLOCK // 256)
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(b"\x80\x04]")
        for _ in range(size // _BLOCK):
            stream.write(b"B" + struct.pack("<I", _BLOCK) + block + b"a")
        stream.write(b".")


def labelled(cases: Path, labels: Path, folder: Path) -> None:
    """Inspect every labelled case in this process, and say how many are right."""
    from depscan.api import Options
    from depscan.inspection import inspect

    with zipfile.ZipFile(cases) as archive:
        archive.extractall(folder)
    empty = folder / "empty.toml"
    empty.write_text("", "utf-8")
    with labels.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    start, right = time.process_time(), 0
    for case in rows:
        code = inspect([str(folder / case["path"])], Options(config=str(empty))).exit_code
        right += code == (1 if case["label"] == "hostile" else 0)
    seconds = time.process_time() - start
    row(
        f"{len(rows)} labelled cases, one process",
        f"{seconds:.2f}",
        f"{1000 * seconds / len(rows):.1f} ms a case",
        "",
        "",
    )
    row("of these right", f"{right}/{len(rows)}", "", "", "", "")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--zip", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--large", type=int, default=500, help="MB of the files whose bytes must be read")
    args = parser.parse_args()
    depscan = str(Path(sys.executable).with_name("depscan"))
    size = args.large << 20
    row("what", "CPU s", "against an empty Python", "against reading the bytes", "exit", "peak MB")
    row("---", "---", "---", "---", "---", "---")
    empty, peak = spent([sys.executable, "-I", "-c", "pass"], 7)
    row("python -I -c pass", f"{empty:.3f}", "1.0", "", "", peak)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = folder / "small.pkl"
        small.write_bytes(pickle.dumps({"a": [1, 2.5, "x"]}))
        best, peak = spent([depscan, "inspect", "--no-cache", str(small)], 7)
        row("small pickle, cold command", f"{best:.3f}", f"{best / empty:.1f}", "", 0, peak)
        made: tuple[tuple[str, str, Callable[[Path], None], bool], ...] = (
            ("4 GiB safetensors (sparse)", "m.safetensors", safetensors, False),
            ("4 GiB torch zip (sparse)", "m.pt", torch_zip, False),
            (f"{args.large} MB pickle", "m.pkl", lambda path: long_pickle(path, size), True),
            (f"{args.large} MB joblib, in band", "m.joblib", lambda path: in_band(path, size), True),
            (f"{args.large} MB in a packed zip", "packed.pt", lambda path: deflated(path, size), True),
            (f"{args.large} MB in gzip", "m.pkl.gz", lambda path: gzipped(path, size), True),
        )
        for title, file, write, whole in made:
            path = folder / file
            write(path)
            command = [depscan, "inspect", "--no-cache", str(path)]
            best, peak = spent(command, 2)
            code = subprocess.run(command, check=False, capture_output=True).returncode
            ratio = f"{best / max(reading(path), 0.001):.1f}" if whole else ""
            row(title, f"{best:.2f}", f"{best / empty:.1f}", ratio, code, peak)
            path.unlink()
        if args.zip and args.labels:
            labelled(args.zip, args.labels, folder)


if __name__ == "__main__":
    main()
