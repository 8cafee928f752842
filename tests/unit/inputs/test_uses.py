"""Uses of nodes: recorded with their place, credentials masked, yielded with what they are about."""

from depscan.model.document import Document
from depscan.model.package import Package


def test_a_use_keeps_what_is_known_and_masks_credentials() -> None:
    document = Document("app.py", "python-code")
    node = document.add(Package("hosted-model", "openai/gpt-4o", None, "service"), 3)
    document.use(
        node, "openai.OpenAI", 3, endpoint="https://user:key@proxy.example/v1", key_env="OPENAI_API_KEY", revision=""
    )
    (use,) = document.uses
    assert use.get("endpoint") == "https://***@proxy.example/v1"
    assert use.facts == (("endpoint", "https://***@proxy.example/v1"), ("key-env", "OPENAI_API_KEY"))
    assert use.get("revision") == ""


def test_nodes_of_the_ai_world_have_purls_of_their_own() -> None:
    document = Document("x", "y")
    made = [
        document.add(Package("huggingface", "org/name", "0" * 40, "hub")),
        document.add(Package("hosted-model", "openai/gpt-4o", None, "service")),
        document.add(Package("GitHub Actions", "actions/checkout", "v4", "git")),
        document.add(Package("image", "library/python", "3.12", "image")),
    ]
    assert made == [
        f"pkg:huggingface/org/name@{'0' * 40}",
        "pkg:generic/hosted/openai/gpt-4o",
        "pkg:githubactions/actions/checkout@v4",
        "pkg:oci/library/python@3.12",
    ]
