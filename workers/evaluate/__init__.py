"""Evaluation: what was read against what is known to stand on the scans."""
