"""Files as they came: kept once, in order, never overwritten."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from schemas.assessment import EXTRACT
from warehouse import landing
from warehouse.home import Home
from warehouse.landing import MANIFEST_SUFFIX, Manifest, keep


@pytest.fixture
def came(tmp_path: Path) -> Path:
    path = tmp_path / "came.json"
    path.write_bytes(b"[1]")
    return path


def manifest(path: Path, **changes: object) -> Manifest:
    good = Manifest(
        extract_id=landing.content_id(path),
        source="unhcr",
        dataset="population",
        release="2023-end",
        scope=("KGZ",),
        file=path.name,
        bytes=path.stat().st_size,
        rows=1,
        link=None,
        retrieved_at=None,
        landed_at="",
        landed_order=-1,
        licence=None,
        licence_link=None,
        citation=None,
        figures_from=None,
        accepted=True,
        why=None,
        note=None,
    )
    return replace(good, **changes)  # type: ignore[arg-type]


def another(folder: Path, content: str) -> Path:
    path = folder / f"{content}.json"
    path.write_text(content)
    return path


def files(home: Home) -> list[str]:
    folders = (home.landing, home.quarantine)
    return sorted(p.relative_to(home.var).as_posix() for f in folders for p in f.rglob("*.*"))


def test_a_file_is_named_by_its_content(came: Path) -> None:
    assert landing.content_id(came) == hashlib.sha256(b"[1]").hexdigest()


def test_a_large_file_is_hashed_whole(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * (2**21 + 1))
    assert landing.content_id(path) == hashlib.sha256(b"x" * (2**21 + 1)).hexdigest()


def test_an_accepted_file_is_kept_with_its_manifest(home: Home, came: Path) -> None:
    standing = keep(home, came, manifest(came))
    assert came.read_bytes() == landing.landed_file(home, standing).read_bytes()
    assert landing.accepted(home) == [standing]
    assert (standing.landed_order, standing.scope) == (0, ("KGZ",))
    assert standing.landed_at.endswith("+00:00")


def test_the_same_bytes_are_there_once(home: Home, came: Path, tmp_path: Path) -> None:
    keep(home, came, manifest(came))
    copy = tmp_path / "other-name.json"
    copy.write_bytes(came.read_bytes())
    keep(home, copy, manifest(copy))
    assert len(landing.accepted(home)) == 1
    assert len(list(home.landing.rglob("*"))) == 4  # unhcr, population, file, manifest


def test_bytes_that_are_there_are_not_written_again(home: Home, came: Path) -> None:
    landed = landing.landed_file(home, keep(home, came, manifest(came)))
    before = landed.stat()
    keep(home, came, manifest(came))
    after = landed.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_file_whose_manifest_was_not_written_is_landed_again(
    home: Home, came: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(landing, "_write_manifest", crash)
        with pytest.raises(KeyboardInterrupt):
            keep(home, came, manifest(came))
    extract_id = landing.content_id(came)
    assert (home.landing / "unhcr" / "population" / extract_id).is_file()
    assert landing.accepted(home) == []
    keep(home, came, manifest(came))
    assert [one.extract_id for one in landing.accepted(home)] == [extract_id]


def test_a_copy_that_was_cut_off_is_not_taken_for_the_file(
    home: Home, came: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(_: Path, target: Path) -> None:
        Path(target).write_bytes(b"[")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(landing.shutil, "copyfile", cut_off)
        with pytest.raises(KeyboardInterrupt):
            keep(home, came, manifest(came))
    standing = keep(home, came, manifest(came))
    assert landing.landed_file(home, standing).read_bytes() == b"[1]"


def test_files_are_in_the_order_of_landing(home: Home, tmp_path: Path) -> None:
    names = ["c", "a", "b"]
    kept = []
    for name in names:
        path = another(tmp_path, name)
        kept.append(keep(home, path, manifest(path, dataset=f"d{name}", accepted=name != "a")))
    assert [one.landed_order for one in kept] == [0, 1, 2]
    assert [one.file for one in landing.accepted(home)] == ["c.json", "b.json"]
    assert [one.file for one in landing.refused(home)] == ["a.json"]
    assert [one.file for one in landing.accepted(home, "unhcr", "db")] == ["b.json"]
    assert landing.accepted(home, "idmc") == []
    assert landing.next_order(home) == 3


def test_a_refused_file_is_in_quarantine_only(home: Home, came: Path) -> None:
    standing = keep(home, came, manifest(came, accepted=False, why="no"))
    assert landing.accepted(home) == []
    assert landing.refused(home) == [standing]
    assert landing.landed_file(home, standing).parent == home.quarantine


def test_a_refusal_stands_until_the_dataset_is_accepted(home: Home, tmp_path: Path) -> None:
    bad, good = another(tmp_path, "bad"), another(tmp_path, "good")
    other, worse = another(tmp_path, "other"), another(tmp_path, "worse")
    first = keep(home, bad, manifest(bad, accepted=False, why="no"))
    assert landing.standing_refusals(home) == [first]
    keep(home, other, manifest(other, dataset="solutions"))
    assert landing.standing_refusals(home) == [first]
    keep(home, good, manifest(good))
    assert landing.standing_refusals(home) == []
    last = keep(home, worse, manifest(worse, accepted=False, why="no"))
    assert landing.standing_refusals(home) == [last]


def test_bytes_that_are_accepted_later_leave_quarantine(home: Home, came: Path) -> None:
    keep(home, came, manifest(came, accepted=False, why="no"))
    keep(home, came, manifest(came))
    assert landing.refused(home) == []
    assert list(home.quarantine.iterdir()) == []


def test_a_landed_file_that_is_gone_is_named(home: Home, came: Path) -> None:
    standing = keep(home, came, manifest(came))
    landing.landed_file(home, standing).unlink()
    with pytest.raises(FileNotFoundError, match=standing.extract_id):
        landing.landed_file(home, standing)


def test_nothing_temporary_is_left(home: Home, came: Path) -> None:
    keep(home, came, manifest(came))
    assert [path for path in home.var.rglob(".*")] == []
    assert [name.endswith(MANIFEST_SUFFIX) for name in files(home)] == [True]


def test_the_table_of_extracts_holds_accepted_and_refused(home: Home, tmp_path: Path) -> None:
    good, bad = another(tmp_path, "good"), another(tmp_path, "bad")
    keep(home, good, manifest(good, scope=("KGZ", "UZB")))
    keep(home, bad, manifest(bad, accepted=False, why="no", release=None, scope=None, rows=None))
    frame = landing.as_frame(landing.accepted(home) + landing.refused(home))
    assert list(frame.columns) == EXTRACT.columns
    assert frame["accepted"].tolist() == [True, False]
    assert frame["scope"].iloc[0] == "KGZ;UZB"
    assert frame[["scope", "release", "rows"]].iloc[1].isna().all()
    assert list(landing.as_frame([]).columns) == EXTRACT.columns
