"""Reference tables: all load, and a broken copy names file and line."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.reference import REFERENCE_TABLES
from schemas.validate import SchemaRefused
from warehouse import reference_data
from warehouse.home import REFERENCE_FOLDER
from warehouse.reference_data import Reference

Edit = Callable[[str, str, str], None]
NAMES = [model.name for model in REFERENCE_TABLES]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    own = tmp_path / "reference"
    own.mkdir()
    for path in REFERENCE_FOLDER.rglob("*.csv"):
        copy = own / path.relative_to(REFERENCE_FOLDER)
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, copy)
    return own


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Change a text that stands in a file once at least, there only once."""

    def change(name: str, old: str, new: str) -> None:
        path = folder / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def files(folder: Path, name: str) -> list[Path]:
    (model,) = [one for one in REFERENCE_TABLES if one.name == name]
    return reference_data.files_of(folder, model)


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def refusal(folder: Path) -> SchemaRefused:
    with pytest.raises(SchemaRefused) as refused:
        reference_data.load(folder)
    return refused.value


@pytest.mark.parametrize("name", NAMES)
def test_each_file_loads_in_its_models_columns(name: str, reference: Reference) -> None:
    (model,) = [one for one in REFERENCE_TABLES if one.name == name]
    frame = reference.table(name)
    assert list(frame.columns) == model.columns
    own = files(REFERENCE_FOLDER, name)
    lines = [len(path.read_text(encoding="utf-8").splitlines()) for path in own]
    assert len(frame) == sum(lines) - len(lines)


def test_there_is_no_file_without_a_model() -> None:
    of_models = {path for name in NAMES for path in files(REFERENCE_FOLDER, name)}
    assert set(REFERENCE_FOLDER.rglob("*.csv")) == of_models


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_not_there_is_named(name: str, folder: Path) -> None:
    for path in files(folder, name):
        path.unlink()
    assert str(refusal(folder)).startswith(f"{name}.csv: 1 fault")


@pytest.mark.parametrize(
    ("name", "old", "new", "column", "found"),
    [
        ("theme_indicator", "emigration,flow,emigrants,origin", "emigration,flow,emigrants,north",
         "side", "north"),
        ("indicator", "absent_abroad,stock,persons", "absent_abroad,stock,souls", "unit", "souls"),
        ("release", "unhcr,population,2023-mid", "unchr,population,2023-mid", "source", "unchr"),
        ("area", "AFG,country", "AFG,contry", "kind", "contry"),
        ("country", "KGZ,true", "KGZ,yes", "active", "yes"),
        ("theme", "emigration,2", "emigration,", "position", None),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_file_and_line(
    name: str, old: str, new: str, column: str, found: str | None, folder: Path, edit: Edit
) -> None:
    edit(name, old, new)
    line = line_of(folder, name, new)
    refused = refusal(folder)
    assert refused.subject == f"{name}.csv"
    assert (f"line {line}", column, found) in [(f.place, f.column, f.value) for f in refused.faults]


def test_a_repeated_row_names_both_lines(folder: Path) -> None:
    path = folder / "theme.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[2]]) + "\n", encoding="utf-8")
    (fault,) = refusal(folder).faults
    assert fault.place == f"line 3 and line {len(lines) + 1}"


class TestFolderOfFiles:
    """A table that several people write: all files of the folder of its name."""

    HEADER = "claim_id,method,expression,release_note,cause,cause_expression,explanation"
    NO_FIGURE = "exception,,,,,A term of the law."

    @pytest.fixture
    def written(self, folder: Path) -> Callable[..., Path]:
        """A folder of derivations that holds these files only, one row a claim that is named."""

        def write(**claims: list[str]) -> Path:
            for path in (folder / "claim_derivation").glob("*.csv"):
                path.unlink()
            for name, named in claims.items():
                rows = [one if "," in one else f"{one},{self.NO_FIGURE}" for one in named]
                path = folder / "claim_derivation" / f"{name}.csv"
                path.write_text("\n".join([self.HEADER, *rows]) + "\n", encoding="utf-8")
            return folder

        return write

    def test_its_files_are_put_together(self, written: Callable[..., Path]) -> None:
        folder = written(b=["s3_1-001"], a=["s3_1-003", "s3_1-002"])
        frame = reference_data.load(folder).table("claim_derivation")
        assert list(frame["claim_id"]) == ["s3_1-003", "s3_1-002", "s3_1-001"]

    def test_a_fault_names_file_and_line(self, written: Callable[..., Path]) -> None:
        refused = refusal(written(a=["s3_1-001"], b=["s3_1-002", "s3_1-no"]))
        assert refused.subject == "claim_derivation/"
        (fault,) = refused.faults
        assert (fault.place, fault.column, fault.value) == ("b.csv line 3", "claim_id", "s3_1-no")

    def test_a_claim_in_two_files_names_both(self, written: Callable[..., Path]) -> None:
        (fault,) = refusal(written(a=["s3_1-001"], b=["s3_1-002", "s3_1-001"])).faults
        assert fault.place == "a.csv line 2 and b.csv line 3"

    def test_a_file_without_a_column_is_named(self, written: Callable[..., Path]) -> None:
        folder = written(a=["s3_1-001"], b=["s3_1-002"])
        (folder / "claim_derivation" / "b.csv").write_text("claim_id\ns3_1-002\n")
        assert refusal(folder).subject == "b.csv"

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ("query,SELECT sum(value) FROM stock,,,,", "expression"),
            ("arithmetic,2 + 2,,,,", "expression"),
            ("exception,,,,,", "explanation"),
            ("exception,SELECT 1,,,,A term.", "explanation"),
            ("arithmetic,2 * claim('s3_1-002'),,typing_slip,,", "cause_expression"),
            ("arithmetic,2 * claim('s3_1-002'),,,claim('s3_1-002'),", "cause_expression"),
            ("arithmetic,2 * claim('s3_1-002'),,doubtful,claim('s3_1-002'),", "cause_expression"),
            ("arithmetic,2 * claim('s3_1-002'),,typing_slip,5,", "cause_expression"),
        ],
    )
    def test_a_derivation_that_shows_nothing_is_refused(
        self, row: str, column: str, written: Callable[..., Path]
    ) -> None:
        (fault,) = refusal(written(a=["s3_1-002", f"s3_1-001,{row}"])).faults
        assert (fault.place, fault.column) == ("a.csv line 3", column)

    @pytest.mark.parametrize(
        "row",
        [
            "query,SELECT sum(value) FROM stock WHERE release = '2023-end',,,,",
            "arithmetic,2 * claim('s3_1-002'),,doubtful,,",
            "arithmetic,2 * claim('s3_1-002'),,typing_slip,claim('s3_1-002'),",
        ],
    )
    def test_a_derivation_that_asks_is_taken(self, row: str, written: Callable[..., Path]) -> None:
        frame = reference_data.load(written(a=[f"s3_1-001,{row}"])).table("claim_derivation")
        assert len(frame) == 1


@pytest.mark.parametrize("name", ["theme", "release"])
def test_a_column_that_is_missing_is_named_with_its_file(name: str, folder: Path) -> None:
    path = folder / f"{name}.csv"
    header, rest = path.read_text(encoding="utf-8").split("\n", 1)
    last = header.split(",")[-1]
    path.write_text(header.replace(last, f"{last}x") + "\n" + rest, encoding="utf-8")
    refused = refusal(folder)
    assert name in refused.subject
    assert {fault.column for fault in refused.faults} == {last, f"{last}x"}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("theme", "emigration,2", "emigration,two"),
        ("release", "2023-10-25,2023-10-25,", "25.10.2023,2023-10-25,"),
        ("parameter", "completeness_threshold,0.95", "completeness_threshold,95 %"),
    ],
)  # fmt: skip
def test_a_cell_of_the_wrong_type_is_named_with_file_and_line(
    name: str, old: str, new: str, folder: Path, edit: Edit
) -> None:
    edit(name, old, new)
    refused = refusal(folder)
    assert refused.subject == f"{name}.csv"
    assert refused.faults[0].place == f"line {line_of(folder, name, new)}"


def test_a_share_of_a_year_is_no_year(folder: Path, edit: Edit) -> None:
    edit("coverage", "stock,reason,2022,2022", "stock,reason,2022.5,2022")
    assert "year_from" in str(refusal(folder))


def test_codes_come_from_the_lists_and_from_the_tables(reference: Reference) -> None:
    assert reference.codes["sex"] == {"_T", "M", "F", "_O", "_U"}
    assert {"KGZ", "WLD", "UNK", "XXA"} <= reference.codes["area"]
    assert "refugees" in reference.codes["indicator"]
    assert "unhcr" in reference.codes["source"]
    # NA is a code, not a missing value.
    assert "NA" in reference.codes["unhcr_decision_level"]
    assert "NA" in reference.codes["unhcr_application_type"]


def test_active_countries_and_parameters(reference: Reference, folder: Path, edit: Edit) -> None:
    assert reference.active_countries() == ["KGZ"]
    assert reference.parameter("completeness_threshold") == 0.95
    with pytest.raises(KeyError):
        reference.parameter("no_such_setting")
    edit("country", "KGZ,true", "KGZ,false")
    assert reference_data.load(folder).active_countries() == []


def test_a_changed_file_is_read_again(folder: Path, edit: Edit) -> None:
    before = reference_data.load(folder)
    assert reference_data.load(folder) is before
    edit("parameter", "completeness_threshold,0.95", "completeness_threshold,0.90")
    after = reference_data.load(folder)
    assert after.parameter("completeness_threshold") == 0.9
    assert after.fingerprint != before.fingerprint


@pytest.mark.parametrize("name", NAMES)
def test_the_fingerprint_follows_every_file(name: str, folder: Path) -> None:
    for path in files(folder, name):
        before = reference_data.fingerprint(folder)
        path.write_bytes(path.read_bytes() + b"\n")
        changed = reference_data.fingerprint(folder)
        path.unlink()
        assert len({before, changed, reference_data.fingerprint(folder)}) == 3


def test_every_name_is_there_in_three_languages(reference: Reference) -> None:
    for name in ("area", "code", "indicator", "theme"):
        frame = reference.table(name)
        for language in ("name_en", "name_ru", "name_ky"):
            assert (frame[language].str.strip() != "").all(), (name, language)


def test_releases_and_preferences_are_of_datasets_that_exist(reference: Reference) -> None:
    keys = ["source", "dataset"]
    known = set(reference.table("dataset")[keys].astype("str").itertuples(index=False, name=None))
    for name in ("release", "preference"):
        used = reference.table(name)[keys].astype("str").itertuples(index=False, name=None)
        assert set(used) <= known, name


def test_preferences_are_of_indicators_that_their_theme_looks_at(reference: Reference) -> None:
    keys = ["theme", "measure", "indicator"]
    looked_at = reference.table("theme_indicator")[keys].astype("str")
    preferred = reference.table("preference")[keys].astype("str")
    known = set(looked_at.itertuples(index=False, name=None))
    assert set(preferred.itertuples(index=False, name=None)) <= known


def test_an_indicator_has_the_measure_that_a_theme_gives_it(reference: Reference) -> None:
    joined = reference.table("theme_indicator").merge(
        reference.table("indicator")[["indicator", "measure"]].astype("str"),
        on="indicator",
        suffixes=("", "_of_indicator"),
    )
    assert (joined["measure"].astype("str") == joined["measure_of_indicator"]).all()


def test_what_is_covered_is_a_cell_of_the_matrix(reference: Reference) -> None:
    keys = ["theme", "measure", "breakdown"]
    cells = reference.table("theme_breakdown")[keys].astype("str")
    covered = reference.table("coverage")[keys].astype("str")
    known = set(cells.itertuples(index=False, name=None))
    assert set(covered.itertuples(index=False, name=None)) - known == set()


TERMS = (
    "Migrant", "Asylum seeker", "Stateless person", "Refugee", "Undocumented migrant",
    "Undocumented migrant worker", "Trafficking in persons", "Smuggling of migrants", "Immigrant",
    "Emigrant", "Internal migrant",
)  # fmt: skip


def test_each_term_of_the_glossary_is_defined_by_both_sides(reference: Reference) -> None:
    definitions = reference.table("definition")
    by_term = definitions.groupby("term")["definition"].agg(lambda names: set(names.astype(str)))
    for term in TERMS:
        sides = {name.split("_")[0] for name in by_term[term]}
        assert {"kr", "iom"} <= sides, term


def test_the_glossary_is_structured(reference: Reference) -> None:
    """Law or document, basis and who is left out; what is no definition leaves nobody out."""
    own = reference.table("definition").set_index("definition")
    own = own[own.index.str.match("kr_|iom_")]
    assert own["document"].notna().all()
    of_glossary = own[own["term"].isin(TERMS) & ~own["text_en"].str.startswith("None:")]
    lacking = of_glossary.index[of_glossary["excluded"].isna()]
    assert list(lacking) == []
