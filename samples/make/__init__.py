"""Invented project reports and request forms: printed by Chromium, then damaged as scanners do."""
