"""The API for programs, below /api/v1: submissions in, documents and records out."""
