"""Files that shrink or jump beyond their dataset's limits, and the people who pass them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.sources import gate
from assets.sources.acceptance import NotAcceptable, accept
from assets.sources.outcome import Landed
from assets.sources.sidecar import read_sidecar
from schemas.sources.unhcr import POPULATION_VALUES
from warehouse import landing
from warehouse.home import EXTRACTS_FOLDER, Home
from warehouse.reference_data import Reference

Give = Callable[..., Landed]
YEARS = range(2003, 2023)


def item(year: int, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "year": year, "coo_id": None, "coo_name": "Afghanistan", "coo": "AFG", "coo_iso": "AFG",
        "coa_id": None, "coa_name": "Kyrgyzstan", "coa": "KGZ", "coa_iso": "KGZ",
    }  # fmt: skip
    return row | dict.fromkeys(POPULATION_VALUES, "-") | {"refugees": 1000} | changes


def items(**of_2022: Any) -> list[dict[str, Any]]:
    return [item(year, **(of_2022 if year == 2022 else {})) for year in YEARS]


@pytest.fixture
def give(home: Home, reference: Reference, tmp_path: Path) -> Give:
    """Land a population file as if it had been fetched on a day."""

    def land(rows: list[dict[str, Any]], day: str = "2026-07-01", **said: Any) -> Landed:
        path = tmp_path / f"{day}.json"
        path.write_text(json.dumps({"page": 1, "maxPages": 1, "total": [], "items": rows}))
        sidecar = {"fetched": True, "retrieved_at": day, "scope": ["KGZ"]} | said
        return gate.land_file(home, reference, path, sidecar)

    return land


def why(landed: Landed) -> str:
    assert landed.status == "refused"
    assert landed.manifest.over_limits
    return str(landed.why)


def test_a_file_within_its_limits_is_accepted(give: Give) -> None:
    give(items())
    rows = [*items(refugees=1100)[1:], item(2023, refugees=9000)]
    assert give(rows, "2026-07-08").status == "accepted"


def test_a_file_that_shrank_is_refused(give: Give, home: Home) -> None:
    first = give(items()).manifest
    told = why(give(items()[2:], "2026-07-08"))
    assert "column rows: found '18', expected at least 19" in told
    assert "release 2026-07-01 (2026-07-01.json) has 20" in told
    assert "at most 5% may go (max_row_drop)" in told
    assert landing.accepted(home) == [first]


@pytest.mark.parametrize(("refugees", "said"), [(1101, "1,101"), (899, "899"), (0, "0")])
def test_a_total_that_jumps_is_refused(refugees: int, said: str, give: Give) -> None:
    give(items())
    told = why(give(items(refugees=refugees), "2026-07-08"))
    assert "1 fault" in told
    assert "refugees to KGZ, 2022-12-31, parts pairs _T" in told
    assert f"found '{said}', expected at most 10% from 1,000" in told
    assert "(max_jump)" in told


def test_a_total_that_was_nothing_jumps_too(give: Give) -> None:
    give(items(refugees=0))
    assert "expected at most 10% from 0" in why(give(items(refugees=101), "2026-07-08"))


def test_a_small_difference_is_no_jump(give: Give) -> None:
    give(items(refugees=5))
    assert give(items(refugees=105), "2026-07-08").status == "accepted"


@pytest.fixture
def give_ages(home: Home, reference: Reference, tmp_path: Path) -> Callable[..., Landed]:
    """Land UNHCR's bundled demographics, and after them with each row changed."""

    def land(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Landed:
        bundled = EXTRACTS_FOLDER / "unhcr" / "demographics" / "2025-end.json"
        told = read_sidecar(bundled)
        assert gate.land_file(home, reference, bundled, told).status == "accepted"
        pages = json.loads(bundled.read_text(encoding="utf-8"))
        for page in pages:
            page["items"] = [change(one) for one in page["items"]]
        path = tmp_path / "changed.json"
        path.write_text(json.dumps(pages), encoding="utf-8")
        return gate.land_file(home, reference, path, told)

    return land


def test_swapped_age_groups_are_refused_though_their_sum_is_the_same(
    give_ages: Callable[..., Landed],
) -> None:
    swapped = {"f_5_11": "f_18_59", "f_18_59": "f_5_11"}
    refused = why(give_ages(lambda row: {swapped.get(key, key): row[key] for key in row}))
    assert "places+sex+age F Y5T11: found" in refused
    assert "(max_jump)" in refused


def test_an_indicator_that_is_gone_refuses_the_file(give: Give) -> None:
    give(items(stateless=500))
    told = why(give(items(), "2026-07-08"))
    assert "stateless to KGZ: expected figures of it, as release 2026-07-01" in told


def test_a_file_of_rows_without_any_figure_is_refused(give: Give) -> None:
    give(items())
    told = why(give([one | {"refugees": "-"} for one in items()], "2026-07-08"))
    assert "1 fault" in told
    assert "refugees to KGZ: expected figures of it" in told


def test_an_indicator_that_is_gone_on_one_side_refuses_the_file(give: Give) -> None:
    to = items()
    here = {"coo_name": "Kyrgyzstan", "coo": "KGZ", "coo_iso": "KGZ"}
    there = {"coa_name": "Canada", "coa": "CAN", "coa_iso": "CAN"}
    give([*to, *(one | here | there for one in to)])
    blank = [one | here | there | {"refugees": None} for one in to]
    told = why(give([*to, *blank], "2026-07-08"))
    assert "1 fault" in told
    assert "refugees from KGZ: expected figures of it, as release 2026-07-01" in told


def test_a_set_that_is_gone_refuses_the_file(give_ages: Callable[..., Landed]) -> None:
    def without_the_old(row: dict[str, Any]) -> dict[str, Any]:
        # So that the ages still make the total.
        others = sum(int(row[name]) for name in ("f_60", "f_other") if row[name] != "-")
        return row | {"f_60": "-", "f_other": others}

    refused = why(give_ages(without_the_old))
    assert "refugees to KGZ, parts places+sex+age F Y_GE60: expected figures of it" in refused


@pytest.mark.parametrize("blank", [1, 2])
def test_a_column_that_is_blank_in_some_years_refuses_the_file_beyond_the_limit(
    blank: int, give: Give
) -> None:
    give(items())
    rows = [one | {"refugees": "-"} for one in items()[:blank]] + items()[blank:]
    landed = give(rows, "2026-07-08")
    if blank == 1:
        assert landed.status == "accepted"
        return
    told = why(landed)
    assert "refugees to KGZ, parts pairs _T, column dates: found '18', expected at least 19" in told
    assert "at most 5% may go (max_row_drop)" in told


ABROAD = ("Canada", "Germany", "Kazakhstan", "Israel", "Ukraine", "Belarus", "Tajikistan", "Latvia")


@pytest.fixture
def give_flows(home: Home, reference: Reference, tmp_path: Path) -> Give:
    """Land estimated flows from Kyrgyzstan, or the first ones to it, which belong to no total."""

    def land(flows: list[int], day: str, returning: int = 0) -> Landed:
        rows = ["method,type,sex,year0,year1,orig,dest,flow"]
        for at, (other, flow) in enumerate(zip(ABROAD, flows, strict=True)):
            sides = f"{other},Kyrgyzstan" if at < returning else f"Kyrgyzstan,{other}"
            rows.append(f"da_min_closed,all,total,2010,2015,{sides},{flow}")
        path = tmp_path / f"{day}.csv"
        path.write_text("\n".join([*rows, ""]), encoding="utf-8")
        sidecar = {"fetched": True, "retrieved_at": day, "scope": ["KGZ"]}
        return gate.land_file(home, reference, path, sidecar)

    return land


@pytest.mark.parametrize(("moved", "accepted"), [(6, True), (7, False)])
def test_most_figures_of_no_total_may_not_jump(
    moved: int, accepted: bool, give_flows: Give
) -> None:
    give_flows([1000] * len(ABROAD), "2026-07-01")
    landed = give_flows([1301] * moved + [1000] * (len(ABROAD) - moved), "2026-07-08")
    if accepted:
        assert landed.status == "accepted"
        return
    told = why(landed)
    assert "migration_estimates from KGZ, column figures: found '7 of 8 moved'" in told
    assert "at most 75% of them by more than 30% from what release 2026-07-01" in told


def test_small_figures_of_no_total_do_not_count(give_flows: Give) -> None:
    give_flows([*[50] * 4, *[1000] * 4], "2026-07-01")
    told = why(give_flows([*[50] * 4, *[9000] * 4], "2026-07-08"))
    assert "found '4 of 4 moved'" in told
    assert give_flows([*[99] * 4, *[1000] * 4], "2026-07-15").status == "accepted"


def test_figures_of_no_total_may_not_all_be_gone(give_flows: Give) -> None:
    flows = [1000] * len(ABROAD)
    give_flows(flows, "2026-07-01", returning=4)
    told = why(give_flows(flows, "2026-07-08", returning=len(ABROAD)))
    assert "migration_estimates from KGZ: expected figures of it, as release 2026-07-01" in told


def test_a_withdrawn_interim_year_is_no_loss_however_few_the_years(give: Give) -> None:
    last = items()[-2:]
    give([*last, item(2026)], "2026-10-30")
    assert give([*last, item(2022, coo="SYR", coo_iso="SYR", coo_name="Syria", refugees=0)],
                "2026-11-06").status == "accepted"  # fmt: skip


def test_a_mid_year_figure_is_not_held_against_one_of_the_year(give: Give) -> None:
    give([*items(), item(2025)], "2025-10-30")
    # Fetched in June, the year 2025 is no longer interim.
    final = [*items(), item(2025, refugees=9000)]
    assert give(final, "2026-06-20").status == "accepted"


def test_two_mid_year_figures_of_one_day_are_compared(give: Give) -> None:
    give([*items(), item(2026)], "2026-10-30")
    told = why(give([*items(), item(2026, refugees=9000)], "2026-11-06"))
    assert "refugees to KGZ, 2026-06-30" in told


def test_another_scope_is_not_compared(give: Give) -> None:
    give(items())
    assert give(items(refugees=9000), "2026-07-08", scope=["KGZ", "TJK"]).status == "accepted"


def test_an_older_release_is_not_held_against_a_newer_one(give: Give) -> None:
    give(items())
    older = give(items(refugees=9000)[:5], "2026-07-08", release="2023-end")
    assert older.status == "accepted"


def test_bundled_files_are_not_limited(home: Home, reference: Reference) -> None:
    """UNHCR's release of end-2023 doubled figures of 2008 to 2010."""
    told = []
    for release in ("2023-mid", "2023-end"):
        path = EXTRACTS_FOLDER / "unhcr" / "demographics" / f"{release}.json"
        told.append(gate.land_file(home, reference, path))
        gate.land_file(home, reference, path, limited=False)
    assert [one.status for one in told] == ["accepted", "refused"]
    assert "found '160,000', expected at most 10% from 80,000" in why(told[1])
    assert landing.refused(home) == []


def test_the_note_beside_a_file_says_how_to_accept_it(
    give: Give, home: Home, reference: Reference, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gate, "EXTRACTS_FOLDER", tmp_path / "none")
    give(items())
    page = {"page": 1, "maxPages": 1, "total": [], "items": items(refugees=5000)}
    (home.inbox / "more.json").write_text(json.dumps(page))
    sidecar = {"scope": ["KGZ"], "release": "by letter", "known_on": "2026-07-08"}
    (home.inbox / "more.manifest.json").write_text(json.dumps(sidecar))
    (refused,) = gate.land(home, reference).refused
    note = (home.inbox / "more.json.refused.txt").read_text()
    assert f"migmap accept {refused.extract_id[:12]}" in note
    assert "max_jump" in note


def test_a_refusal_stands_no_longer_when_the_old_figures_come_again(give: Give, home: Home) -> None:
    give(items())
    refused = give(items(refugees=9000), "2026-07-08").manifest
    assert landing.standing_refusals(home) == [refused]
    assert give(list(reversed(items())), "2026-07-15").status == "unchanged"
    assert landing.standing_refusals(home) == []
    # The next bad file stands again.
    worse = give(items(refugees=9001), "2026-07-22").manifest
    assert landing.standing_refusals(home) == [worse]
    assert give(items(), "2026-07-01").status == "known"
    assert landing.standing_refusals(home) == []


# --- Acceptance ------------------------------------------------------------------------------


def test_a_person_may_pass_what_limits_refused(
    give: Give, home: Home, reference: Reference
) -> None:
    give(items())
    refused = give(items(refugees=9000), "2026-07-08").manifest
    accepted = accept(home, reference, refused.extract_id[:12], " A. Reader ", "An amnesty.")
    assert (accepted.accepted_by, accepted.accepted_because) == ("A. Reader", "An amnesty.")
    assert str(accepted.accepted_at).endswith("+00:00")
    assert accepted.why == refused.why
    assert landing.refused(home) == []
    assert landing.accepted(home)[-1] == accepted
    table = gate.landed_table(home, "unhcr", "population", reference)
    assert table["release"].astype(str).unique().tolist() == ["2026-07-01", "2026-07-08"]
    row = landing.as_frame([accepted]).iloc[0]
    assert (row["accepted"], row["accepted_by"]) == (True, "A. Reader")
    # The next file is held against the accepted one.
    assert give(items(refugees=9100), "2026-07-15").status == "accepted"


def test_faults_of_the_schema_can_not_be_passed(
    give: Give, home: Home, reference: Reference
) -> None:
    refused = give(items(refugees="many")).manifest
    with pytest.raises(NotAcceptable, match=r"not refused for limits[\s\S]*'many'"):
        accept(home, reference, refused.extract_id, "A. Reader", "An amnesty.")
    assert landing.refused(home) == [refused]


@pytest.mark.parametrize(("by", "because"), [("", "An amnesty."), ("A. Reader", " ")])
def test_who_and_why_must_be_said(
    by: str, because: str, give: Give, home: Home, reference: Reference
) -> None:
    give(items())
    refused = give(items(refugees=9000), "2026-07-08").manifest
    with pytest.raises(NotAcceptable, match="who accepts the file and why"):
        accept(home, reference, refused.extract_id, by, because)


@pytest.mark.parametrize(("extract", "problem"), [("xyz", "no file"), ("", "no file")])
def test_what_is_not_in_quarantine_is_named(
    extract: str, problem: str, give: Give, home: Home, reference: Reference
) -> None:
    give(items())
    refused = give(items(refugees=9000), "2026-07-08").manifest
    with pytest.raises(NotAcceptable, match=f"{problem}.*{refused.extract_id[:12]}"):
        accept(home, reference, extract, "A. Reader", "An amnesty.")
