"""Imported once, in the server that forks the workers: what is slow to load is loaded there and shared by all of them."""

from __future__ import annotations

import gc

import workers.steps
from postprocess.correct import correct
from postprocess.thai import tokens

correct("กา", (0.0, 0.0))  # the word lists behind these two take seconds to build
tokens("มานี")
gc.collect()
gc.freeze()  # a collection that visits the shared objects would copy them into every worker

LOADED = (workers.steps.__name__,)
