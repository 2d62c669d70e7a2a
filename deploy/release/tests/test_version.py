"""Which release is which: tags, the changelog's order, and which may follow which."""

import subprocess
from pathlib import Path

from deploy.release.version import Release, read_tag, refusal_to_follow, releases, this_release

ROOT = Path(__file__).parents[3]
KNOWN = ["0.1.0", "0.2.0", "0.3.0", "1.0.0"]


def commit(folder: Path) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", "-C", folder, "add", "-A"], check=True)
    subprocess.run(["git", "-C", folder, *identity, "commit", "-qm", "One"], check=True)


def test_the_version_of_the_project_is_the_newest_of_the_changelog() -> None:
    assert this_release().version == releases()[-1]


def test_a_tag_names_version_commit_and_changes(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n')
    assert this_release(tmp_path).tag == "0.2.0-nogit"

    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    commit(tmp_path)
    clean = this_release(tmp_path)
    assert len(clean.commit) == 10
    assert clean.tag == f"0.2.0-{clean.commit}"

    (tmp_path / ".env").write_text("untracked files are the operator's\n")
    assert this_release(tmp_path) == clean
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n# changed\n')
    assert this_release(tmp_path).tag == f"{clean.tag}-changed"


def test_a_tag_is_read_as_it_was_written() -> None:
    for release in (Release("0.2.0", "0123456789"), Release("10.2.3", "nogit"), Release("0.2.0", "0123456789", True)):
        assert read_tag(release.tag) == release
    assert read_tag("dev") is None
    assert read_tag("") is None


def test_each_release_follows_the_one_directly_before_it() -> None:
    assert refusal_to_follow("0.1.0", "0.2.0", KNOWN) is None
    assert refusal_to_follow("0.3.0", "1.0.0", KNOWN) is None
    assert refusal_to_follow("0.2.0", "0.2.0", KNOWN) is None
    assert refusal_to_follow("0.1.0", "1.0.0", KNOWN) == "Release 0.1.0 runs here, and 1.0.0 would skip 0.2.0, 0.3.0."
    assert "the way back is make rollback" in str(refusal_to_follow("1.0.0", "0.3.0", KNOWN))
    assert "no upgrade path" in str(refusal_to_follow("0.9.0", "1.0.0", KNOWN))
