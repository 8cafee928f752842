"""What the desk runs on."""

from enum import Enum


class Models(str, Enum):
    """Models by task."""

    ASR = "openai/whisper-large-v3"
    VAD = "pyannote/segmentation-3.0"


class Defaults:
    """Defaults."""

    chat = "gpt-4o-2024-05-13"
    host = "https://models.desk.example/v1"


COMMIT = "06f233fe06e710322aca913c1bc4249a0d71fce1"
VOICES = ("suno/bark-small", "microsoft/speecht5_tts")
