"""Puts the finished model together: network, character set, dictionaries; and pins it by its digest."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from pathlib import Path

from pythainlp.corpus import common, tnc

from .charset import to_target
from .network import NetworkFile, network_bytes, parse_network, quantise
from .sources import TESSDATA
from .starter import starter_components
from .traineddata import pack, read_unicharset, unpack

MODEL = Path("ocr/models/samnao.traineddata")
DIGESTS = Path("ocr/models/SHA256SUMS")
_DAWGS = ("lstm-punc-dawg", "lstm-word-dawg", "lstm-number-dawg")


# Words that occur at least so often in the Thai National Corpus stand in the model's dictionary.
LEAST_COUNT = 20


def dictionary_words(allowed: frozenset[str]) -> list[str]:
    """Counted Thai words that PyThaiNLP's word list confirms, spelt as the model's targets, sorted."""
    known = common.thai_words()
    words = {to_target(word) for word, count in tnc.word_freqs() if count >= LEAST_COUNT and word in known}
    return sorted(word for word in words if len(word) > 1 and allowed.issuperset(word))


def _command(args: list[str | Path]) -> None:
    done = subprocess.run([str(arg) for arg in args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{args[0]} failed with status {done.returncode}: {done.stderr.strip()[-400:]}")


def dictionaries(stock: Path, unicharset: bytes) -> dict[str, bytes]:
    """The model's dictionaries for `unicharset`: words of our own, punctuation and numbers of the stock model.

    Dictionaries hold character ids, so the stock ones are written anew with the new ids.
    """
    parts = unpack(stock.read_bytes())
    result: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "old").write_bytes(parts["lstm-unicharset"])
        (folder / "new").write_bytes(unicharset)
        for dawg in _DAWGS:
            if dawg not in parts:
                continue
            if dawg == "lstm-word-dawg":
                words = dictionary_words(frozenset(read_unicharset(unicharset)))
                (folder / "words").write_text("\n".join(words) + "\n", "utf-8")
            else:
                (folder / "dawg").write_bytes(parts[dawg])
                _command(["dawg2wordlist", folder / "old", folder / "dawg", folder / "words"])
            _command(["wordlist2dawg", folder / "words", folder / "out", folder / "new"])
            result[dawg] = (folder / "out").read_bytes()
    return result


def assemble(network: NetworkFile, with_words: bool) -> bytes:
    """A traineddata file with int8 weights from a float network, with or without dictionaries."""
    stock = TESSDATA / "tha.traineddata"
    parts = starter_components(stock)
    dawgs = dictionaries(stock, parts["lstm-unicharset"]) if with_words else {}
    return pack({**parts, **dawgs, "lstm": network_bytes(quantise(network))})


def publish(network: NetworkFile, with_words: bool, target: Path = MODEL) -> str:
    """Write a float network as an int8 model to `target` and its SHA-256 beside it; returns the digest."""
    data = assemble(network, with_words)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (target.parent / DIGESTS.name).write_text(f"{digest}  {target.name}\n", "utf-8")
    return digest


def trained(run: Path) -> NetworkFile:
    """The float network that a finished run left. Raises FileNotFoundError."""
    return parse_network((run / "mean.lstm").read_bytes())
