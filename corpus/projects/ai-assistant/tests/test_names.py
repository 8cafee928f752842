"""Names are read as they are written."""

import pytest

from assistant.repository import Car

NAMES = ["org/name", "user/model-7b", "sentence-transformers/made-up"]


@pytest.mark.parametrize("name", NAMES)
def test_name_has_two_parts(name):
    assert len(name.split("/")) == 2


def test_car():
    assert Car(model="vw/golf").model == "vw/golf"


def test_message():
    expected = 'AutoModel.from_pretrained("expected/in-message")'
    assert "from_pretrained" in expected
    assert "gpt-4o" != "gpt-4"
