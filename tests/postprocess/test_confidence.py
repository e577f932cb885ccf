"""The one formula: inside 0–1, monotone in every sign."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from postprocess.confidence import THRESHOLD, UNREADABLE, Signs, confidence

share = st.floats(0, 1)
signs = st.builds(
    Signs,
    characters=st.lists(share, max_size=12).map(tuple),
    label=share,
    strength=st.floats(0.01, 1),
    held=st.integers(0, 4),
    failed=st.integers(0, 4),
    agreed=st.integers(0, 2),
    disagreed=st.integers(0, 2),
    changed=share,
)


@given(signs)
def test_a_probability(given_signs: Signs) -> None:
    assert 0 <= confidence(given_signs) <= 1


@given(signs, share)
def test_better_signs_never_lower_it(s: Signs, better: float) -> None:
    base = confidence(s)
    assert confidence(replace(s, label=max(s.label, better))) >= base
    assert confidence(replace(s, strength=max(s.strength, better))) >= base
    assert confidence(replace(s, characters=tuple(max(c, better) for c in s.characters))) >= base
    assert confidence(replace(s, held=s.held + 1)) >= base
    assert confidence(replace(s, agreed=s.agreed + 1)) >= base
    assert confidence(replace(s, failed=s.failed + 1)) <= base
    assert confidence(replace(s, disagreed=s.disagreed + 1)) <= base
    assert confidence(replace(s, changed=max(s.changed, better))) <= base


def test_clean_print_is_accepted_and_nonsense_is_not() -> None:
    assert confidence(Signs(characters=(1.0,) * 40)) >= THRESHOLD
    assert confidence(Signs(characters=(0.95,) * 13, strength=1.0, held=1)) >= THRESHOLD
    assert confidence(Signs(characters=(0.3,) * 13)) < THRESHOLD
    assert confidence(Signs(strength=0.0)) == UNREADABLE
