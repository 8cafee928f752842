"""Speech to text; whisper-tiny ("openai/whisper-tiny") was too weak."""

import transformers
import whisper
from faster_whisper import WhisperModel
from pyannote.audio import Pipeline
from transformers import AutoProcessor, WhisperForConditionalGeneration

from app import constants as c
from app.constants import COMMIT


class Listener:
    """Listens."""

    model_id = "distil-whisper/distil-large-v3"

    def __init__(self, device="cpu/0"):
        self.processor = AutoProcessor.from_pretrained(self.model_id)
        self.model = WhisperForConditionalGeneration.from_pretrained(pretrained_model_name_or_path=self.model_id)
        self.device = device

    def pinned(self):
        """Return the pinned one."""
        return WhisperForConditionalGeneration.from_pretrained(c.Models.ASR.value, revision=COMMIT)


fast = WhisperModel("Systran/faster-whisper-small")
plain = whisper.load_model("base.en")
speakers = Pipeline.from_pretrained("pyannote/speaker-diarization-3.1", use_auth_token=True)
remote = transformers.pipeline(model="acme-voice/denoiser", trust_remote_code=True)
