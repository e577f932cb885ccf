"""Pixels and words: scans in, text with boxes and confidences out. Knows nothing of forms."""
