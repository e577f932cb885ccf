"""Form definitions: what loads, and what is said about what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from postprocess.forms import Form, FormError, form_from_text, load_form, load_forms

SECOND = Path(__file__).parents[2] / "samples" / "forms" / "school-repair.toml"

GOOD = """
name = "leave"
title = "แบบใบลา"
least = 2

[vocabularies]
kinds = ["ลาป่วย", "ลากิจ"]

[[sections]]
headings = ["แบบใบลา"]

[[sections.fields]]
path = "person.name"
labels = ["ชื่อผู้ลา"]
kind = "name"

[[sections.fields]]
path = "leave"
labels = ["ประเภทการลา"]
kind = "choice"
vocabulary = "kinds"
"""


def test_own_forms_load() -> None:
    forms = load_forms()
    assert "bma-project-progress" in {form.name for form in forms}
    for form in forms:
        assert len(form.version) == 16


def test_leaves_have_paths_with_stars_for_lists() -> None:
    (form,) = [f for f in load_forms() if f.name == "bma-project-progress"]
    paths = [path for path, _ in form.leaves()]
    assert "progress_reports[*].expenses[*].amount" in paths
    assert "agency[*]" in paths
    assert form.leaf("progress_reports[3].expenses[0].amount") is form.leaf(
        "progress_reports[0].expenses[7].amount"
    )


def test_second_form_loads() -> None:
    assert load_form(SECOND).name == "school-repair"


def test_version_depends_on_what_is_said_only() -> None:
    same = form_from_text("# a comment\n" + GOOD.replace("\n\n", "\n\n\n"), "leave.toml")
    other = form_from_text(GOOD.replace("ชื่อผู้ลา", "ชื่อผู้ขอลา"), "leave.toml")
    form = form_from_text(GOOD, "leave.toml")
    assert form.version == same.version != other.version


def changed(before: str, after: str) -> str:
    assert before in GOOD
    return GOOD.replace(before, after, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            changed('labels = ["ชื่อผู้ลา"]', 'label = ["ชื่อผู้ลา"]'),
            "leave.toml: sections[0].fields[0].label: unknown key; did you mean 'labels'?",
        ),
        (
            changed('kind = "name"', 'kind = "nam"'),
            "sections[0].fields[0].kind: 'nam' is not known; did you mean 'name'?",
        ),
        (
            changed('vocabulary = "kinds"', 'vocabulary = "kind"'),
            "leave: vocabulary: 'kind' is not in vocabularies; did you mean 'kinds'?",
        ),
        (changed('vocabulary = "kinds"', ""), "leave: kind 'choice' needs a vocabulary"),
        (changed('path = "leave"', 'path = "person.name"'), "path 'person.name' is used twice"),
        (
            changed('path = "leave"', 'path = "leave"\nshape = "boxs"'),
            "sections[0].fields[1].shape: 'boxs' is not known; did you mean 'boxes'?",
        ),
        (changed("least = 2", ""), "leave.toml: least: this key is missing"),
        (changed('kind = "name"', 'kind = "code"\npattern = "("'), "not a regular expression"),
        (changed('kind = "name"', 'kind = "code"'), "needs a pattern"),
        (GOOD + '[[checks]]\nrule = "at_mos"\npaths = ["leave"]\n', "unknown check 'at_mos'"),
        (
            GOOD + '[[checks]]\nrule = "ordered"\npaths = ["leav"]\n',
            "checks: 'leav' is no path; did you mean 'leave'?",
        ),
        (changed("[vocabularies]", "[vocabularies"), "leave.toml: not TOML"),
        (
            changed('path = "leave"', 'path = "leave"\nshape = "group"\nstart = ["ครั้งที่"]'),
            "must hold {number} once",
        ),
    ],
)
def test_mistakes_are_named_with_file_key_and_remedy(text: str, said: str) -> None:
    with pytest.raises(FormError) as caught:
        form_from_text(text, "leave.toml")
    assert said in str(caught.value)
    assert str(caught.value).startswith("leave.toml")


def test_all_mistakes_are_told_at_once() -> None:
    text = changed('kind = "name"', 'kind = "nam"').replace("least = 2", 'least = 2\ntitel = "x"')
    with pytest.raises(FormError) as caught:
        form_from_text(text, "leave.toml")
    assert len(str(caught.value).splitlines()) == 2


def test_two_files_cannot_define_one_form(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(GOOD, "utf-8")
    with pytest.raises(FormError, match="already called 'leave'"):
        load_forms(tmp_path)


def test_unreadable_file_is_a_form_error(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="cannot be read"):
        load_form(tmp_path / "none.toml")


def test_form_is_frozen_and_hashable_by_version() -> None:
    form = form_from_text(GOOD, "leave.toml")
    assert isinstance(form, Form)
    with pytest.raises(ValueError, match="frozen"):
        form.name = "other"
