"""Generated files: the same at every run, compared byte for byte, and never written over the work of their users."""

import json
import shutil
from pathlib import Path

import pytest

from contracts.event import Event
from deploy.generate import __main__ as generate
from deploy.generate.event_tables import BEGIN, END, EventUse, overview, with_block
from deploy.generate.files import OPENAPI, ROOT, generated_files


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return generated_files(ROOT)


@pytest.fixture
def tree(tmp_path: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the generated files, as the code gives them."""
    generate.write_files(files, tmp_path)
    monkeypatch.setattr(generate, "generated_files", lambda root: files)
    return tmp_path


def test_two_runs_write_the_same_bytes(files: dict[str, str]) -> None:
    assert generated_files(ROOT) == files


def test_no_generated_file_is_read_to_write_another(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> dict[str, str]:
        raise AssertionError("a first and a second run would differ")

    monkeypatch.setattr("gateway.api_docs.openapi.committed_problems", refuse)
    assert generated_files(ROOT) == files


def test_the_check_passes_when_nothing_differs(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.check(tree) == 0
    assert capsys.readouterr().out == ""


def test_the_check_names_each_file_that_differs_and_the_command(
    tree: Path, files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    for path in files:
        (tree / path).write_bytes((tree / path).read_bytes() + b" ")
    assert generate.check(tree) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"{path} is not what the code gives: run make generate and commit it" for path in files]


def test_the_check_names_a_file_that_is_missing(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(tree / "docs")
    assert generate.check(tree) == 1
    assert "docs/events.md is not what the code gives: run make generate" in capsys.readouterr().out


def test_a_document_that_breaks_its_users_is_not_written(
    tree: Path, files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(files[OPENAPI])
    document["paths"]["/v1/promised"] = document["paths"]["/v1/banks"]
    (tree / OPENAPI).write_text(json.dumps(document))
    assert generate.write(tree) == 1
    assert "GET /v1/promised is gone" in capsys.readouterr().out
    assert "/v1/promised" in (tree / OPENAPI).read_text()
    assert generate.write(tree, may_break=True) == 0
    assert generate.check(tree) == 0


def test_only_the_marked_part_of_a_page_is_written() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert with_block(page, "new") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    with pytest.raises(ValueError, match="needs one line"):
        with_block("no marks", "new")


def test_a_new_event_and_its_handler_appear_in_the_overview() -> None:
    class RoofRepaired(Event):
        """Repaired."""

    RoofRepaired.type, RoofRepaired.__module__ = "vn.bakhong.roof.repaired.v1", "contracts.casework"
    use = EventUse({"reporting": [RoofRepaired]}, ROOT)
    use.events = (RoofRepaired,)
    lines = {line.split(" | ")[0]: line for line in overview(use).splitlines()}
    assert lines["| casework"] == "| casework | `roof.repaired` | nothing |"
    assert lines["| reporting"] == "| reporting | nothing | `roof.repaired` |"
