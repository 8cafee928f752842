"""Native programs and shell scripts under the name of a model; llamafiles (Actually Portable Executables).

Source: Cosmopolitan's APE loader: a file that starts ``MZqFpD='`` is a program for Windows and a shell script at once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.steps import FOREIGN, HOSTILE, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File

STARTS = "4d5a 6a6172747372 7f454c46 cffaedfe cefaedfe feedface feedfacf cafebabe 2321 415045444247 *"
NAMES = "*.llamafile"
TITLE = "native program"

_APE = (b"MZqFpD=", b"jartsr=", b"APEDBG=")
_MODEL = re.compile(
    r"\.(?:llamafile|gguf|ggml|pt|pth|pt2|pte|ckpt|pkl|pickle|joblib|dill|safetensors|onnx|h5|hdf5|keras|pb|tflite|npy|"
    r"npz|msgpack|model|weights?|params|pdparams|pdmodel|pdiparams|mlmodel|skops|rds|rdata|nemo|mar|cbm|ubj|dnn|bin|"
    r"caffemodel|engine|ot|bst|xgb|vocab|spm|tiktoken)\Z"
)
_PYTHON = re.compile(
    rb"(?:\s|#[^\n]*\n)*(?:import[ \t]+[A-Za-z_][\w., \t]*(?:[;#\n]|\Z)|from[ \t]+[\w.]+[ \t]+import[ \t])"
)
_LIBRARY = re.compile(r"\.(?:so(?:\.\d+){0,3}|pyd|dll|dylib)\Z")
_PERHAPS = (".bin", ".model", ".engine", ".vocab", ".params")


def looks(file: File) -> bool:
    """Return whether it is a program by content and a model by name, or one that says itself it is a llamafile."""
    head = file.head
    if _LIBRARY.search(file.name):
        return _is_program(head) and bool(_code_beside(file))
    if head.startswith(_APE):
        return file.name.endswith(".llamafile") or bool(_MODEL.search(file.name)) or b"llama" in head
    if not _MODEL.search(file.name) or not (_is_program(head) or _is_python(file)):
        return False
    if file.name.endswith(_PERHAPS):
        from depscan.loading.repository import in_model

        return in_model(file)
    return True


def _code_beside(file: File) -> str:
    """Return a Python file of the library's own folder that runs when the model there is loaded; "" for none."""
    from depscan.loading.repository import code_at_load, in_model

    if len(file.beside) <= 1 or not in_model(file):
        return ""
    return next((path for path in code_at_load(file.beside) if path.startswith(file.folder)), "")


def _is_program(head: bytes) -> bool:
    from depscan.artifacts.magic import NATIVE, sniff

    return sniff(head[:512]) in NATIVE or re.match(rb"#!\s{0,4}/", head) is not None


def _is_python(file: File) -> bool:
    """Return whether it is Python's source text; a ``.pth`` file of ``site`` is one for its own reasons."""
    return not file.name.endswith(".pth") and _PYTHON.match(file.start) is not None


def read(file: File, report: Report) -> None:
    """Add that it is a program: whoever loads it runs it."""
    head = file.head
    if _LIBRARY.search(file.name):
        why = f"native code beside {_code_beside(file)}, which runs when the model is loaded and can bring it in"
        report.add(Step("load.native", FOREIGN, "library", file.name, why, "", (file.path,), "code.load-native", at=0))
        return
    if _PYTHON.match(head):
        text = head.decode("utf-8", "replace")
        why = "Python under the name of a model: it is made to be run in the place of one"
        report.add(Step("load.code", HOSTILE, "python", text.splitlines()[0], why, "", (text,), "code.eval", at=0))
        return
    commands = _shell(head)
    if head.startswith(_APE) and file.name.endswith(".llamafile"):
        why = "a program and a model in one: loading it means to run it as the user"
        report.add(Step("load.native", FOREIGN, "llamafile", head[:7].decode("latin-1"), why, "", commands, at=0))
        return
    kind = "a shell script" if head[:2] == b"#!" else "a native program"
    why = f"{kind} under the name of a model: it is made to be run in the place of one"
    report.add(
        Step("load.native", HOSTILE, "program", f"{file.name} is {kind}", why, "", commands, "native.binary", at=0)
    )


def _shell(head: bytes) -> tuple[str, ...]:
    """Return the lines of a script, or of the script in an APE's first lines."""
    if head[:2] == b"#!":
        text = head
    elif head.startswith(_APE):
        text = head.partition(b"#!")[2]
    else:
        return ()
    lines = text.split(b"\0")[0].decode("utf-8", "replace").splitlines()[1:6]
    return tuple(line for line in lines if line.strip().isprintable())
