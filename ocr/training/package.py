"""Puts the finished model together: network, character set, dictionaries; and pins it by its digest."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

from pythainlp.corpus import common, tnc

from .charset import to_target
from .network import FLAG_COMPRESSED_CHARSET, average, network_bytes, parse_network
from .sources import BUILD, TESSDATA
from .train import command, export
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
                command(["dawg2wordlist", folder / "old", folder / "dawg", folder / "words"])
            command(["wordlist2dawg", folder / "words", folder / "out", folder / "new"])
            result[dawg] = (folder / "out").read_bytes()
    return result


def averaged(checkpoints: list[Path], build: Path = BUILD) -> bytes:
    """The float network (`lstm` component) that is the mean of those of the checkpoints."""
    with tempfile.TemporaryDirectory() as name:
        files = []
        for i, checkpoint in enumerate(checkpoints):
            path = export(checkpoint, Path(name) / f"{i}.traineddata", as_int8=False, build=build)
            files.append(parse_network(unpack(path.read_bytes())["lstm"]))
    return network_bytes(average(files))


def as_int8(lstm: bytes, build: Path = BUILD) -> bytes:
    """A float network with int8 weights, converted by Tesseract itself."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = replace(parse_network(lstm), training_flags=FLAG_COMPRESSED_CHARSET)
        (folder / "float.lstm").write_bytes(network_bytes(plain))
        done = export(folder / "float.lstm", folder / "int.traineddata", as_int8=True, build=build)
        return unpack(done.read_bytes())["lstm"]


def assemble(lstm: bytes, with_words: bool, build: Path = BUILD) -> bytes:
    """A traineddata file from an `lstm` component and the starter, with or without dictionaries."""
    parts = unpack((build / "start/samnao.traineddata").read_bytes())
    dawgs = dictionaries(TESSDATA / "tha.traineddata", parts["lstm-unicharset"]) if with_words else {}
    return pack({**parts, **dawgs, "lstm": lstm})


def publish(checkpoints: list[Path], with_words: bool, target: Path = MODEL, build: Path = BUILD) -> str:
    """Write the mean of the checkpoints as an int8 model to `target` and its SHA-256 beside it; returns the digest."""
    data = assemble(as_int8(averaged(checkpoints, build), build), with_words, build)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    (target.parent / DIGESTS.name).write_text(f"{digest}  {target.name}\n", "utf-8")
    return digest
