"""The hard cases of what only the report prints, with its real figures, through harmonise."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from assets.sources.iom_report.harmonise import harmonise, profile
from schemas.facts import OBSERVATIONS, PROFILE
from schemas.validate import validate
from tests.assets.sources.frames import some, values
from warehouse.reference_data import Reference


@pytest.fixture(scope="module")
def facts(report_tables: dict[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    return validate(harmonise(report_tables, reference), OBSERVATIONS, reference.codes)


@pytest.fixture(scope="module")
def shares(report_tables: dict[str, pd.DataFrame], reference: Reference) -> pd.DataFrame:
    return validate(profile(report_tables, reference), PROFILE, reference.codes)


# --- e: immigrants of 2022


def test_e_purpose_and_education_are_whole_for_those_of_sixteen_and_over(
    facts: pd.DataFrame,
) -> None:
    immigrants = some(facts, indicator="immigrants", year=2022, producer="nsc_on_request")
    total = some(immigrants, breakdown="total", destination="KGZ")
    assert values(total, "universe") == {"_T": 12444}
    for split, count in (("reason", 4), ("education", 9)):
        parts = some(immigrants, additive_set=split)
        assert set(parts["universe"]) == {"Y_GE16"}
        assert (len(parts), parts["value"].sum()) == (count, 10580)
    for split in ("sex", "age"):
        parts = some(immigrants, additive_set=split)
        assert set(parts["universe"]) == {"_T"}
        assert parts["value"].sum() == 12444


def test_e_working_age_has_codes_of_its_own_since_its_bounds_differ_by_sex(
    facts: pd.DataFrame, reference: Reference
) -> None:
    ages = values(some(facts, indicator="immigrants", additive_set="age"), "age")
    assert ages == {
        "NSC_BELOW_WORKING_AGE": 1864,
        "NSC_WORKING_AGE": 10073,
        "NSC_ABOVE_WORKING_AGE": 507,
    }
    codes = reference.table("code")
    told = some(codes, list="age", code="NSC_WORKING_AGE")["description"].iloc[0]
    for bound in ("16 to 62", "16 to 57"):
        assert bound in told


def test_e_an_incomplete_list_of_countries_or_oblasts_is_never_summed(facts: pd.DataFrame) -> None:
    immigrants = some(facts, indicator="immigrants", producer="nsc_on_request")
    countries = some(immigrants, breakdown="origin+destination")
    assert values(countries, "origin")["RUS"] == 9124
    oblasts = immigrants[immigrants["destination"] != "KGZ"]
    assert values(oblasts, "destination")["KG-O"] == 2782
    assert len(countries) == 10
    assert len(oblasts) == 5
    assert pd.concat([countries, oblasts])["additive_set"].isna().all()


def test_a_figure_got_by_request_has_a_producer_on_request(
    facts: pd.DataFrame, reference: Reference
) -> None:
    access = reference.table("source").astype("str").set_index("source")["access"]
    for indicator in ("emigrants", "internal_moves", "refugee_status_granted"):
        producers = set(some(facts, indicator=indicator)["producer"])
        assert {access[one] for one in producers} == {"on_request"}
    assert access["molssm"] == access["kihs"] == "on_request"
    assert set(facts["source"]) == {"iom_report"}


def test_residence_permits_of_the_ministry(facts: pd.DataFrame) -> None:
    permits = some(facts, indicator="residence_permits")
    assert values(permits, "producer", "year") == {("molssm", "2022"): 208}


# --- f: citizens abroad


def test_f_an_exact_total_beside_rounded_countries_and_shares(
    facts: pd.DataFrame, shares: pd.DataFrame
) -> None:
    abroad = some(facts, indicator="emigrants_registered")
    total = some(abroad, destination="WLD", year=2022).iloc[0]
    assert (total["value"], total["precision"], total["breakdown"]) == (1367427, 0, "total")
    assert pd.isna(total["qualifier"])
    usa = some(abroad, destination="USA", year=2022).iloc[0]
    assert (usa["value"], usa["precision"], usa["qualifier"]) == (50000, 1000, "about")
    kaz = some(abroad, destination="KAZ", year=2021).iloc[0]
    assert (kaz["value"], kaz["precision"]) == (28598, 0)
    assert abroad["additive_set"].isna().all()
    assert "RUS" not in set(abroad["destination"])
    by_country = some(shares, indicator="emigrants_registered")
    assert values(by_country, "destination") == {"RUS": 88, "USA": 4, "KAZ": 3, "TUR": 2, "OTH": 3}
    assert set(by_country["base_value"]) == {1367427}


# --- g: labour migrants of two surveys


def test_g_two_surveys_of_labour_migrants_name_their_three_parties(
    facts: pd.DataFrame, shares: pd.DataFrame
) -> None:
    workers = some(facts, indicator="workers_abroad")
    assert set(workers["universe"]) == {"labour_migrants"}
    totals = some(workers, breakdown="total")
    assert values(totals, "producer", "year") == {
        ("l2ck", "2021"): 166695,
        ("kihs", "2018"): 251874,
    }
    kihs = some(workers, producer="kihs", destination="RUS").iloc[0]
    assert kihs["value"] == 242608
    assert kihs["published_in"] == "Table 3 (Bossavie & Garrote-Sanchez, 2022)"
    parts = some(workers, producer="kihs", additive_set="destinations")
    assert parts["value"].sum() == 251874
    education = some(shares, producer="kihs").query("education != '_T'")
    assert education["value"].sum() == 99
    assert set(education["universe"]) == {"labour_migrants"}


# --- h: census absences


def test_h_absences_of_the_census_are_three_indicators(
    facts: pd.DataFrame, shares: pd.DataFrame
) -> None:
    absent = some(facts, producer="census_2022")
    assert values(absent, "indicator", "destination") == {
        ("absent_residents", "WLD"): 1094514,
        ("absent_abroad", "WLD"): 876900,
        ("absent_internal", "KGZ"): 217600,
    }
    assert dict(zip(absent["indicator"], absent["precision"], strict=True)) == {
        "absent_residents": 0, "absent_abroad": 100, "absent_internal": 100,
    }  # fmt: skip
    assert set(absent["reference_date"]) == {date(2022, 3, 25)}
    assert absent["additive_set"].isna().all()
    reasons = some(shares, indicator="absent_residents")
    assert values(reasons, "reason") == {"work": 88, "family": 7, "study": 4, "other": 1}
    assert set(some(facts, indicator="absent_residents")["reason"]) == {"_T"}


# --- i: internal moves


def test_i_moves_between_and_within_oblasts_stay_in_one_country(
    facts: pd.DataFrame, shares: pd.DataFrame
) -> None:
    moves = some(facts, indicator="internal_moves")
    assert set(moves["origin"]) == set(moves["destination"]) == {"KGZ"}
    assert values(moves, "detail") == {"level=inter_oblast": 31941, "level=intra_oblast": 14942}
    assert set(moves["breakdown"]) == {"level"}
    assert set(moves["sex"]) == {"_T"}
    women = some(shares, indicator="internal_moves", sex="F")
    assert values(women, "year") == {"2022": 68}


# --- j: trafficking


def test_j_a_sum_of_fourteen_years_is_no_figure_of_its_last_year(facts: pd.DataFrame) -> None:
    crimes = some(facts, indicator="trafficking_cases")
    annual = some(crimes, freq="A", year=2022)
    assert values(some(annual, origin="KGZ"), "detail") == {"_T": 6}
    assert values(some(annual, additive_set="places"), "destination") == {
        "KG-GB": 3, "KG-C": 2, "KG-J": 1,
    }  # fmt: skip
    span = some(crimes, freq="_O")
    assert set(span["period_start"]) == {date(2009, 1, 1)}
    assert set(span["period_end"]) == {date(2022, 12, 31)}
    assert 114 not in set(some(crimes, freq="A")["value"])
    places = some(span, additive_set="places")
    assert (len(places), places["value"].sum()) == (8, 114)


def test_j_what_was_told_abroad_is_another_indicator(facts: pd.DataFrame) -> None:
    assert values(some(facts, indicator="trafficking_cases", freq="A", origin="KGZ"), "year") == {
        "2020": 8,
        "2022": 6,
    }
    told = some(facts, indicator="trafficking_cases_reported", producer="us_tip")
    assert values(some(told, breakdown="total"), "year") == {"2020": 40, "2019": 8}
    forms = some(told, additive_set="forms").groupby("year")["value"].sum()
    assert forms.to_dict() == {2019: 8, 2020: 40, 2022: 6}


# --- k: two net figures


def test_k_two_net_figures_of_one_year_never_add_up(facts: pd.DataFrame) -> None:
    net = some(facts, indicator="remittance_net", year=2022)
    assert values(net, "detail") == {
        "channel=all_transfers": 2_118_000_000,
        "channel=money_transfer_systems": 1_727_500_000,
    }
    assert set(net["precision"]) == {100_000}
    assert net["additive_set"].nunique() == len(net) == 2
    assert "total" not in set(net["breakdown"])


# --- l: foreign direct investment


def test_l_investment_by_activity_is_a_share_and_never_a_part(
    facts: pd.DataFrame, shares: pd.DataFrame
) -> None:
    total = some(facts, indicator="fdi_inflow")
    assert values(total, "year") == {"2022": 1_202_600_000}
    # What the statistical committee publishes, 1,202,599.0 thousand, rounds to what is printed.
    one = total.iloc[0]
    assert round(1_202_599_000 / one["precision"]) * one["precision"] == one["value"]
    assert total["additive_set"].isna().all()
    activities = some(shares, indicator="fdi_inflow", statistic="share")
    assert values(activities, "year") == {"2022": 88.5, "2021": 58.3, "2018": 65.3}
    assert activities["detail"].str.startswith("activity=").all()


# --- n: refugee status granted


def test_n_status_granted_over_five_years_is_one_span(facts: pd.DataFrame) -> None:
    granted = some(facts, indicator="refugee_status_granted")
    span = some(granted, freq="_O")
    assert set(span["period_start"]) == {date(2018, 1, 1)}
    assert values(span, "sex") == {"_T": 926, "M": 558, "F": 368}
    annual = some(granted, freq="A")
    assert set(annual["year"]) == {2022}
    assert values(some(annual, breakdown="total"), "year") == {"2022": 156}
    assert some(annual, additive_set="age")["value"].sum() == 156


def test_n_arabs_are_a_nationality_group_and_no_place(facts: pd.DataFrame) -> None:
    by_nation = some(facts, indicator="refugee_status_granted", additive_set="nationalities")
    assert values(by_nation, "origin", "detail") == {
        ("AFG", "_T"): 72,
        ("UNK", "nationality_group=arabs"): 65,
        ("UKR", "_T"): 14,
        ("OTH", "_T"): 5,
    }
    assert by_nation["value"].sum() == 156


# --- o: evacuations


def test_o_more_than_eighteen_thousand_and_several_villages_in_one_figure(
    facts: pd.DataFrame,
) -> None:
    evacuated = some(facts, indicator="evacuations")
    total = some(evacuated, breakdown="total").iloc[0]
    assert (total["value"], total["qualifier"]) == (18000, "at_least")
    assert values(some(evacuated, breakdown="place"), "detail") == {
        "place=Boz-Adyr": 2581,
        "place=Suluktu": 2740,
        "place=Kadamjay": 9870,
        "place=Gaz, Sogment, Charbak, Kyshtut and Tayan": 3334,
    }
    assert evacuated["additive_set"].isna().all()


# --- p: shares and means


def test_p_survey_shares_and_means_stand_in_profile_only(
    facts: pd.DataFrame, shares: pd.DataFrame
) -> None:
    survey = some(shares, producer="iom_mtm")
    assert values(some(survey, sex="F", detail="_T"), "statistic", "unit") == {("share", "PT"): 34}
    assert values(some(survey, statistic="mean"), "unit") == {"YR": 36}
    assert set(survey["universe"]) == {"respondents"}
    assert not set(facts["producer"]) & {"iom_mtm", "iom_internal_study"}
    assert "returnees" not in set(facts["indicator"])
    returned = some(facts, producer="nsc_covid_survey").iloc[0]
    assert (returned["value"], returned["qualifier"]) == (76862, "at_least")
    assert returned["universe"] == "returned_in_pandemic"
