"""Rows about runs. Nothing here reaches a model."""

import logging

log = logging.getLogger(__name__)

QUERY = """
SELECT model, revision
FROM python:runs
WHERE model = 'gpt-4'
"""


class Car:
    """A car has a model too."""

    def __init__(self, model="tesla/model-3"):
        self.model = model

    @staticmethod
    def load_dataset(name):
        """Return rows of our own store."""
        return [name]


car = Car(model="ford/fiesta")
rows = Car.load_dataset("fleet/trips")
log.info("loaded dataset %s", "fleet/archive")
headers = {"content-type": "application/json", "x-model": "gpt-4o"}
form = dict(model="bmw/320d")
USES = "uses: actions/checkout@v2"
DOCKER = "FROM ubuntu:18.04"
INSTALL = "pip install left-pad-py"
ERROR = f"cannot reach {car.model}, tried openai/gpt-oss"
PATHS = ["data/train", "src/assistant", "text/plain", "n/a"]
