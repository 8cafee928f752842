"""Constants of the service."""

ORG = "acme-ai"
EMBEDDER = "BAAI/bge-small-en-v1.5"
EMBEDDER_REVISION = "5c38ec7c405ec4b44b94cc5a9bb96e735b38267a"
CHAT_MODEL = "claude-3-5-sonnet-latest"
JUDGE = {"name": "gpt-4o-2024-08-06", "temperature": 0}
DATA = "rajpurkar/squad_v2"
GATEWAY = "https://llm-gateway.corp.example/v1"
# Old: RERANKER = "cross-encoder/ms-marco-TinyBERT-L-2"
RERANKER = f"{ORG}/handbook-reranker"
LOG_NAME = "acme-ai/assistant"
CONTENT_TYPE = "application/json"
