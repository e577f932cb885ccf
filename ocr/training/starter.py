"""The starting point: the stock network with float weights and room for samnao's characters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from .charset import stock_order
from .network import Layer, Matrix, NetworkFile, dequantise, parse_network
from .traineddata import read_unicharset, unpack, write_recoder, write_unicharset

# Without it Tesseract puts a blank between all Thai letters.
CONFIG = b"preserve_interword_spaces 1\n"


def stock_characters(stock: Path) -> list[str]:
    """The characters of a traineddata file in id order."""
    return read_unicharset(unpack(stock.read_bytes())["lstm-unicharset"])


def starter_components(stock: Path) -> dict[str, bytes]:
    """Character set, recoder, config and version of samnao's traineddata: all but the network and the dictionaries."""
    chars = stock_order(stock_characters(stock))
    return {
        "config": CONFIG,
        "lstm-unicharset": write_unicharset(chars),
        "lstm-recoder": write_recoder(len(chars) + 3),
        "version": b"5.3.0:samnao",
    }


def starter_network(stock: Path) -> NetworkFile:
    """The stock network, float, with an output for each of samnao's characters.

    The stock characters keep their ids, and codes are ids; a new output begins as the mean of the stock ones with a
    little noise, so that no two are alike.
    """
    file = dequantise(parse_network(unpack(stock.read_bytes())["lstm"]))
    codes = len(stock_order(stock_characters(stock))) + 3
    *inner, out = file.network.children
    known = out.matrices[0].weights.astype(np.float64)
    noise = np.random.default_rng(0).normal(0.0, 0.05, (codes - len(known), known.shape[1]))
    grown = np.concatenate([known, known.mean(axis=0) + noise])
    wider: Layer = replace(
        out, outputs=codes, weight_count=grown.size, matrices=(Matrix(out.matrices[0].mode, grown, None),)
    )
    added = grown.size - known.size
    network = replace(
        file.network, outputs=codes, weight_count=file.network.weight_count + added, children=(*inner, wider)
    )
    return replace(file, network=network)
