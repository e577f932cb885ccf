"""The command line: help, documentation, and what a person sees when something is wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from workers import cli, doctor, machine
from workers.doctor import Finding
from workers.show import chosen_records

ROOT = Path(__file__).parents[2]


def commands() -> list[str]:
    group = typer.main.get_command(cli.app)
    found = []
    assert isinstance(group, TyperGroup)
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found += [f"{name} {one}" for one in inner] if inner else [name]
    return found


def invoke(*arguments: str) -> tuple[int, str]:
    """Exit status and output of the program, errors included."""
    result = CliRunner().invoke(cli.app, list(arguments))
    return result.exit_code, result.output + str(result.exception or "")


def samnao(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "workers.cli", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False, env=environment or None
    )


@pytest.mark.parametrize("command", commands())
def test_every_command_has_help(command: str) -> None:
    status, output = invoke(*command.split(), "--help")
    assert status == 0
    assert re.search(r"Usage: .*" + command.split()[-1], output)
    assert len(output.split()) > 20


@pytest.mark.parametrize("command", commands())
def test_every_command_stands_in_the_readme(command: str) -> None:
    assert f"samnao {command}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_without_tesseract_nothing_begins_and_the_remedy_is_named(tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4")
    result = samnao("digitize", str(scan), "--out", str(tmp_path / "out"), PATH=str(tmp_path))
    assert result.returncode == 2
    assert "sudo apt-get install tesseract-ocr" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_bad_arguments_are_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["digitize"], ["digitize", str(tmp_path)], ["no-such-command"]):
        assert invoke(*arguments)[0] == 2
    for arguments in (
        ["read", str(tmp_path / "none.pdf")],
        ["digitize", str(tmp_path), "--out", str(tmp_path / "o")],
    ):
        monkeypatch.setattr(sys, "argv", ["samnao", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert stop.value.code == 2
        assert capsys.readouterr().err.startswith("samnao: ")


def test_what_nobody_foresaw_is_one_line_without_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise KeyError("นายสมมติ")

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    message = capsys.readouterr().err
    assert stop.value.code == 2
    assert "KeyError at test_cli.py" in message
    assert "สมมติ" not in message


def test_forms_are_listed_shown_and_checked(tmp_path: Path) -> None:
    status, output = invoke("forms", "list")
    assert status == 0
    name = output.split()[0]
    status, output = invoke("forms", "show", name)
    assert status == 0
    assert "path" in output
    bad = tmp_path / "bad.toml"
    bad.write_text('name = "bad"\ntitel = "x"\n')
    status, output = invoke("forms", "check", str(bad))
    assert status == 1
    assert "titel" in output
    assert "did you mean 'title'" in output


def test_the_doctor_names_each_problem_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, output = invoke("doctor", "--out", str(tmp_path))
    assert (status, "PROBLEM" in output) == (0, False), output
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SAMNAO_JOBS", "none")
    machine.tesseract_version.cache_clear()
    machine.languages.cache_clear()
    try:
        findings = {finding.subject: finding for finding in doctor.examine(tmp_path)}
    finally:
        machine.tesseract_version.cache_clear()
        machine.languages.cache_clear()
    assert "apt-get install" in (findings["Tesseract"].remedy or "")
    assert "SAMNAO_JOBS" in (findings["settings"].remedy or "")


def test_the_doctor_looks_at_version_and_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "tesseract_version", lambda: "4.1.1")
    monkeypatch.setattr(doctor, "languages", lambda *_: (tmp_path, ("eng",)))
    found = {finding.subject: finding for finding in doctor.examine(tmp_path)}
    assert "Tesseract 5" in (found["Tesseract"].remedy or "")
    assert "tha, osd" in (found["Tesseract data"].remedy or "")
    assert isinstance(found["disk"], Finding)


def test_records_to_show_are_chosen_by_line(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_text("".join(json.dumps({"source": name}) + "\n" for name in "abc"))
    assert [r["source"] for r in chosen_records(str(file)) or []] == ["a", "b", "c"]
    assert chosen_records(f"{file}:2") == [{"source": "b"}]
    assert chosen_records("scan.pdf") is None
    status, output = invoke("show", f"{file}:9")
    assert status == 1
    assert "no record 9" in output
