"""Two releases are kept, and the way back leads to the last one that was healthy."""

from pathlib import Path

from dotenv import dotenv_values

from deploy.release.kept import Kept

A, B, C = "0.1.0-aaaaaaaaaa", "0.2.0-bbbbbbbbbb", "0.3.0-cccccccccc"


def test_the_release_before_is_the_last_one_that_was_healthy() -> None:
    first = Kept.of({}).starting(A).came_up()
    assert (first.before, first.tags) == (None, {A})

    broken = first.starting(B)
    assert broken.before == A
    assert broken.tags == {A, B}

    corrected = broken.starting(C).came_up()
    assert (corrected.before, corrected.tags) == (A, {A, C})


def test_two_releases_are_kept() -> None:
    kept = Kept.of({}).starting(A).came_up().starting(B).came_up().starting(C).came_up()
    assert kept == Kept(C, (B, C))
    assert kept.starting(C).came_up() == kept


def test_after_the_way_back_only_an_upgrade_leads_forward() -> None:
    back = Kept(C, (B, C)).went_back()
    assert back == Kept(B, (B,))
    assert back.before is None
    assert Kept(C, (A, B)).went_back() == Kept(B, (A, B))


def test_the_lines_of_the_operator_stay(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# our settings\nENVIRONMENT=production\nPUBLIC_URL=https://3khong.example.vn\nVERSION=dev\n")

    Kept.of({}).starting(A).came_up().starting(B).came_up().write(file)

    assert file.read_text().startswith("# our settings\nENVIRONMENT=production\nPUBLIC_URL=https://3khong.example.vn\n")
    assert dotenv_values(file)["VERSION"] == B
    assert Kept.of({name: value or "" for name, value in dotenv_values(file).items()}) == Kept(B, (A, B))
