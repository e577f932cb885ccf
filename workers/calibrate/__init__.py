"""Calibration: from scans with known truth to the numbers of `postprocess.confidence`, and how well they keep their word."""
