"""Builds the starting point: the stock network with float weights, and a traineddata with samnao's character set."""

from __future__ import annotations

from pathlib import Path

from .charset import stock_order
from .network import dequantise, network_bytes, parse_network
from .traineddata import pack, read_unicharset, unpack, write_recoder, write_unicharset

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


def write_starter(stock: Path, folder: Path) -> tuple[Path, Path]:
    """Write `float.lstm` (stock network, float) and `samnao.traineddata` (starter) into `folder`; returns both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    network, starter = folder / "float.lstm", folder / "samnao.traineddata"
    network.write_bytes(network_bytes(dequantise(parse_network(unpack(stock.read_bytes())["lstm"]))))
    starter.write_bytes(pack(starter_components(stock)))
    return network, starter
