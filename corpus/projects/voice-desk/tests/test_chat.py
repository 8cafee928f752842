"""Tests with look-alikes."""


class FakeClient:
    def create(self, model, messages):
        return model


def test_create():
    assert FakeClient().create(model="fake/model-name", messages=[]) == "fake/model-name"


def test_url():
    assert "https://nowhere.example/v1".endswith("/v1")
