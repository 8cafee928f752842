"""Which folders are model repositories, and which of their files run."""

from __future__ import annotations

from depscan.loading.repository import code_at_load, model_folders
from tests.unit.loading.model_folder import ask, folder, read, verdicts, worst

CODE = "import torch\n"


def test_named_modules_and_what_they_import_run() -> None:
    files = folder({"config.json": {"auto_map": {"AutoModel": "modeling_m.M"}},
                    "modeling_m.py": "from .layers import L\n",
                    "layers.py": "from . import deep\n", "deep.py": "", "convert.py": ""})  # fmt: skip
    assert set(code_at_load(files)) == {"modeling_m.py", "layers.py", "deep.py"}


def test_handlers_pipelines_and_generators_run() -> None:
    files = folder(
        {
            "model_index.json": {"_class_name": ["my_pipe", "P"], "unet": ["my_unet", "U"]},
            "my_pipe.py": "",
            "my_unet.py": "",
            "handler.py": "",
            "custom_generate/generate.py": "",
            "hubconf.py": "",
        }
    )
    assert set(code_at_load(files)) == set(files) - {"model_index.json"}


def test_a_handler_that_uses_a_model_library_makes_a_model_folder() -> None:
    assert code_at_load(folder({"handler.py": CODE, "requirements.txt": ""}))
    assert not code_at_load(folder({"handler.py": "def handler(event, context):\n    return 1\n"}))


def test_a_script_of_a_data_set_runs() -> None:
    builder = "import datasets\nclass X(datasets.GeneratorBasedBuilder):\n    pass\n"
    assert code_at_load(folder({"any.py": builder}))
    assert code_at_load(folder({"corpus.py": "import os\n", "data.csv": "1"}), "corpus")
    assert not code_at_load(folder({"corpus.py": "import os\n", "other.py": ""}), "corpus")


def test_code_of_mlflow_and_servers_runs() -> None:
    mlmodel = "flavors:\n  python_function:\n    loader_module: my_loader\n    code: code\n"
    files = folder({"MLmodel": mlmodel, "code/a.py": "", "my_loader.py": "", "other.py": ""})
    assert set(code_at_load(files)) == {"code/a.py", "my_loader.py"}
    assert set(code_at_load(folder({"config.pbtxt": 'backend: "python"', "1/model.py": ""}))) == {"1/model.py"}
    manifest = {"model": {"handler": "h.py:run", "modelName": "m"}}
    assert set(code_at_load(folder({"MAR-INF/MANIFEST.json": manifest, "h.py": "", "x.py": ""}))) == {"h.py"}


def test_an_ordinary_project_is_no_model_repository() -> None:
    project = folder({"pyproject.toml": "[project]\nname = 'x'\n", "src/x/handler.py": CODE, "model.pt": "x",
                      "config.json": {"debug": True}, "src/x/modeling_x.py": CODE, "modules.json": [1],
                      "README.md": "# x\n"})  # fmt: skip
    assert model_folders(project) == {}
    assert code_at_load(project, "x") == {}


def test_an_installed_package_is_no_model_repository() -> None:
    builder = "class X(GeneratorBasedBuilder):\n    pass\n"
    assert model_folders(folder({"datasets/b.py": builder, "datasets-3.0.dist-info/METADATA": "Name: datasets"})) == {}


def test_a_model_in_a_project_is_one() -> None:
    files = folder(
        {"pyproject.toml": "", "models/a/config.json": {"auto_map": {"AutoModel": "m.M"}}, "models/a/m.py": ""}
    )
    assert set(model_folders(files)) == {"models/a/"}
    assert set(code_at_load(files)) == {"models/a/m.py"}


def test_a_model_card_makes_a_model_folder() -> None:
    card = "---\nlibrary_name: transformers\n---\n# A model\n"
    assert set(code_at_load(folder({"README.md": card, "modeling_x.py": CODE}))) == {"modeling_x.py"}


def test_requirements_with_an_index_of_their_own() -> None:
    def of(line: str) -> str:
        return worst(read({"requirements.txt": f"torch\n{line}\n", "handler.py": CODE})).verdict

    assert of("--extra-index-url http://127.0.0.1:9/simple") == "hostile"
    assert of("--index-url=https://index.example/simple") == "foreign"
    assert of("x @ https://files.example/x.whl") == "foreign"
    assert of("x @ http://files.example/x.whl") == "hostile"
    assert of("git+https://code.example/x.git@abc") == "odd"


def test_requirements_of_a_project_are_not_ours() -> None:
    line = "--extra-index-url http://127.0.0.1:9/simple\n"
    assert ask({"requirements.txt": line, "pyproject.toml": "", "handler.py": CODE}) is None
    assert ask({"requirements.txt": "torch>=2\n", "handler.py": CODE}) is None


def test_mlflow_loaders_are_judged() -> None:
    def of(entry: str) -> str:
        report = read({"MLmodel": f"flavors:\n  python_function:\n    {entry}\n"})
        return worst(report).verdict if report.steps else ""

    assert of("loader_module: mlflow.sklearn") == "known"
    assert of("loader_module: evil_loader") == "foreign"
    assert of("loader_module: os") == "hostile"
    assert of("code: ../../elsewhere") == "hostile"
    assert of("code: null") == ""


def test_pip_lines_of_a_conda_environment_are_read() -> None:
    conda = "dependencies:\n- python=3.11\n- pip:\n  - --index-url http://10.0.0.1/simple\n"
    assert worst(read({"conda.yaml": conda, "MLmodel": "flavors: {}"})).verdict == "hostile"


def test_a_notebook_that_installs_from_a_plain_index_is_foreign() -> None:
    def of(command: str) -> list[tuple[str, str]]:
        cell = {"cell_type": "code", "source": ["import x\n", command]}
        return verdicts(read({"a.ipynb": {"cells": [cell], "nbformat": 4}}))

    assert of("!pip install -q --extra-index-url http://127.0.0.1:9/simple x") == [("foreign", "index-override")]
    assert of("%pip install --index-url https://index.example/whl x") == [("odd", "index-override")]


def test_servers_name_code_and_back_ends() -> None:
    assert worst(read({"config.pbtxt": 'backend: "python"\n', "1/model.py": ""})).verdict == "odd"
    assert worst(read({"config.pbtxt": 'backend: "onnxruntime"\n'})).verdict == "known"
    assert worst(read({"config.pbtxt": 'backend: "evil"\n'})).verdict == "foreign"
    gone = {"MAR-INF/MANIFEST.json": {"model": {"handler": "../h.py"}}}
    assert worst(read(gone)).verdict == "hostile"
    assert read({"MAR-INF/MANIFEST.json": {"model": {"handler": "image_classifier"}}}).steps == []


def test_callbacks_of_spacy_are_odd() -> None:
    text = (
        '[nlp]\nlang = "en"\n[initialize.before_init]\n@callbacks = "my.v1"\n[model]\n@architectures = "spacy.X.v2"\n'
    )
    assert verdicts(read({"config.cfg": text})) == [("odd", "callback")]
    assert ask({"config.cfg": "[metadata]\nname = x\n"}) is None


def test_more_files_that_something_starts_by_their_names() -> None:
    files = folder({"config.json": {"model_type": "x"}, "__init__.py": "", "sitecustomize.py": "", "conftest.py": "",
                    "convert.py": ""})  # fmt: skip
    assert set(code_at_load(files)) == {"__init__.py", "sitecustomize.py", "conftest.py"}
    assert set(code_at_load(folder({"config.json": {}, "sitecustomize.py": ""}))) == {"sitecustomize.py"}
    assert not code_at_load(folder({"config.json": {}, "setup.py": "", "__init__.py": ""})), "a project of somebody"


def test_the_program_of_a_hosted_application_runs() -> None:
    card = "---\ntitle: A\nsdk: gradio\napp_file: src/main.py\n---\n"
    assert set(code_at_load(folder({"README.md": card, "src/main.py": "", "app.py": ""}))) == {"src/main.py"}
    assert set(code_at_load(folder({"README.md": "---\nsdk: docker\n---\n", "app.py": ""}))) == {"app.py"}
    assert not code_at_load(folder({"README.md": "# sdk: gradio\n", "app.py": ""}))


def test_a_tool_and_a_module_in_a_parts_own_folder_run() -> None:
    assert set(code_at_load(folder({"tool_config.json": {"tool_class": "tool.T"}, "tool.py": "", "x.py": ""}))) == {
        "tool.py"
    }
    index = {"_class_name": "P", "unet": ["my_unet", "U"]}
    assert set(code_at_load(folder({"model_index.json": index, "unet/my_unet.py": ""}))) == {"unet/my_unet.py"}


def test_the_script_of_a_data_set_says_so() -> None:
    builder = "import datasets\nclass X(datasets.GeneratorBasedBuilder):\n    pass\n"
    assert verdicts(read({"any.py": builder, "a.csv": "1"})) == [("odd", "dataset-script")]
    assert ask({"any.py": builder, "pyproject.toml": ""}) is None


def test_flavors_of_mlflow_itself_are_known() -> None:
    mlmodel = "flavors:\n  python_function:\n    loader_module: {}\n    model_path: model.pkl\n"
    assert verdicts(read({"MLmodel": mlmodel.format("mlflow.sklearn")})) == [("known", "loader-module")]
    assert worst(read({"MLmodel": mlmodel.format("mlflow.evil")})).verdict in {"foreign", "hostile"}


def test_settings_of_a_sentence_encoder_are_settings_whatever_they_hold() -> None:
    assert not read({"config_sentence_transformers.json": {"__version__": {"pytorch": "2"}}}).gaps


def test_paths_in_indexes_of_files_stay_in_the_folder() -> None:
    name = "model.safetensors.index.json"
    assert read({name: {"weight_map": {"w": "model-00001-of-00002.safetensors"}}}).steps == []
    assert worst(read({name: {"weight_map": {"w": "../../x.safetensors"}}})).slug == "external-path"
    parts = {"1": {"path": "com.apple.CoreML/model.mlmodel"}, "2": {"path": "/x"}}
    assert worst(read({"Manifest.json": {"itemInfoEntries": parts}})).verdict == "hostile"
