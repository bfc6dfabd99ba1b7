"""Each fault of a publisher is told for what it is, and what is held stays as it was."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from tests import publisher_faults as faults
from tests.pipelines.fetching_trial import Trial
from warehouse import landing

Change = Callable[[Any], Any]


def first_item(**changes: Any) -> Change:
    """An answer of UNHCR whose first item is changed."""

    def change(page: dict[str, Any]) -> dict[str, Any]:
        page["items"][0] |= changes
        return page

    return change


def doubled(page: dict[str, Any]) -> dict[str, Any]:
    page["items"].append(dict(page["items"][0]))
    return page


def number_as_text(category: dict[str, Any]) -> dict[str, Any]:
    category["data"][1]["values"][1]["value"] = "14 669"
    return category


def first_rows(**changes: Any) -> Change:
    """An answer of IDMC whose first row is changed."""

    def change(page: dict[str, Any]) -> dict[str, Any]:
        page["results"][0] |= changes
        return page

    return change


def with_sheet_text(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """A workbook with another text among its strings."""

    def change(workbook: bytes) -> bytes:
        out = BytesIO()
        with zipfile.ZipFile(BytesIO(workbook)) as before, zipfile.ZipFile(out, "w") as after:
            for name in before.namelist():
                after.writestr(name, before.read(name).replace(old, new))
        assert out.getvalue() != workbook
        return out.getvalue()

    return change


def page_at(number: int) -> Change:
    """A page of UNHCR that bears another number."""
    return lambda page: page | {"page": number}


# The bank's exchange rates, with an entity that would grow.
RATES = b"""<?xml version="1.0" encoding="windows-1251" ?>
<!DOCTYPE CurrencyRates [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;">]>
<CurrencyRates Name="Daily Exchange Rates" Date="03.07.2026">
<Currency ISOCode="USD"><Nominal>1</Nominal><Value>&b;,45</Value></Currency>
</CurrencyRates>
"""

# What is asked, where the fault strikes, the fault, and what comes of it: state and message.
FAULTS: dict[str, tuple[str, str, Any, str, str]] = {
    "429": (
        "nsc/opendata", "opendata", faults.status(429, Retry_After="60"), "transient",
        "127.0.0.1 answered 429 (Too Many Requests) and asks to come again in 60 s (tried 2 times)",
    ),
    "500": (
        "undesa/destination", "destination", faults.status(500), "transient",
        "127.0.0.1 answered 500 (Internal Server Error) (tried 2 times)",
    ),
    "cut": (
        "undesa/destination", "destination", faults.cut, "transient",
        "127.0.0.1 cut the connection before the whole answer was there (tried 2 times)",
    ),
    "truncated gzip": (
        "unhcr/solutions", "solutions", faults.truncated_gzip, "transient",
        "bytes of gzip that does not end: cut short (tried 2 times)",
    ),
    "too long a length": (
        "nbkr/remittances", "remittances", faults.longer_by(1), "transient",
        "127.0.0.1 cut the connection before the whole answer was there (tried 2 times)",
    ),
    "too short a length": (
        "nbkr/remittances", "remittances", faults.longer_by(-9), "refused",
        "byte 7197: found 'File is not a zip file', "
        "expected a workbook that can be read: its list of parts is cut off or broken",
    ),
    "404": (
        "nsc/opendata", "opendata", faults.status(404), "permanent",
        "127.0.0.1 answered 404 (Not Found)",
    ),
    "log-in page": (
        "unhcr/solutions", "solutions", faults.page_of_html, "permanent",
        "127.0.0.1 sent a web page in place of data: an error or a log-in page, or the address "
        "has moved",
    ),
    "log-in page as a workbook": (
        "undesa/destination", "destination", faults.html_as_data, "permanent",
        "127.0.0.1 sent a web page in place of data: an error or a log-in page, or the address "
        "has moved",
    ),
    "empty list of UNHCR": (
        "unhcr/solutions", "solutions",
        faults.json_changed(lambda page: page | {"maxPages": 0, "items": []}), "refused",
        "items: expected items, and the answer has none: nothing was found",
    ),
    "empty list of IDMC": (
        "idmc/conflicts", "conflicts",
        faults.json_changed(lambda page: page | {"count": 0, "results": []}), "refused",
        "$.results: expected rows, and the answer has none: nothing was found",
    ),
    "a page again": (
        "unhcr/population", "page=2", faults.json_changed(page_at(1)), "transient",
        "the pages of 127.0.0.1 do not fit: asked for page 2, got page 1",
    ),
    "a page without rows": (
        "unhcr/population", "page=2", faults.json_changed(lambda page: page | {"items": []}),
        "transient", "the pages of 127.0.0.1 do not fit: page 2 of 3 is empty",
    ),
    "other pages meanwhile": (
        "unhcr/population", "page=2", faults.json_changed(lambda page: page | {"maxPages": 9}),
        "transient",
        "the pages of 127.0.0.1 do not fit: page 1 tells of 3 pages, page 2 of 9",
    ),
    "pages without end": (
        "unhcr/population", "page=1", faults.json_changed(lambda page: page | {"maxPages": 10**6}),
        "permanent", "127.0.0.1 has 1000000 pages, expected at most 1000",
    ),
    "a column renamed": (
        "unhcr/solutions", "solutions",
        faults.json_changed(lambda page: page | {
            "items": [
                {("resettled" if key == "resettlement" else key): value
                 for key, value in item.items()}
                for item in page["items"]
            ]
        }),
        "refused",
        "$[0].items[0], column resettled: found 'resettled', expected the column 'resettlement', "
        "the nearest that is known",
    ),
    "a number as text of UNHCR": (
        "unhcr/solutions", "coo=KGZ", faults.json_changed(first_item(resettlement="1 O")),
        "refused",
        "$[0].items[0], column resettlement: found '1 O', expected a whole number, '-' or nothing",
    ),
    "a row twice": (
        "unhcr/solutions", "coo=KGZ", faults.json_changed(doubled), "refused",
        "expected one row for this key, but $[0].items[0] has it already",
    ),
    "a number as text of NSC": (
        "nsc/opendata", "opendata", faults.json_changed(number_as_text), "refused",
        "$.data[1].values[1], column value: found '14 669', expected a number or null",
    ),
    "a number as text of IDMC": (
        "idmc/conflicts", "conflicts", faults.json_changed(first_rows(new_displacement="1,5")),
        "refused", "found '1,5'",
    ),
    "windows-1251": (
        "nsc/opendata", "opendata",
        faults.bytes_changed(
            lambda body: body.decode().encode("windows-1251", errors="replace"),
            "application/json; charset=utf-8",
        ),
        "refused", "expected text in UTF-8",
    ),
    "to a file": (
        "undesa/destination", "destination", faults.sent_to("file:///etc/passwd"), "permanent",
        "127.0.0.1 sends on to file://, which is not followed: only https of the same host is",
    ),
    "to another port": (
        "nbkr/remittances", "remittances", faults.sent_to("http://127.0.0.1:22/"), "permanent",
        "127.0.0.1 sends on to http://127.0.0.1:22, which is not followed: "
        "only https of the same host is",
    ),
    "2 GB": (
        "undesa/destination", "destination", faults.told_length(faults.TWO_GIGABYTES), "permanent",
        "127.0.0.1 declares 2,147,483,648 bytes, expected at most 67,108,864 "
        "(max_bytes in table endpoint)",
    ),
    "bomb": (
        "undesa/destination", "destination", faults.bytes_changed(faults.bomb), "refused",
        "expected at most 2000 parts of 268435456 bytes",
    ),
    "bomb that lies": (
        "undesa/destination", "destination", faults.bytes_changed(faults.lying_bomb), "refused",
        "part 'xl/worksheets/sheet1.xml': found \"Bad CRC-32 for file "
        "'xl/worksheets/sheet1.xml'\", expected a part that can be unpacked",
    ),
    "entities in a workbook": (
        "undesa/destination", "destination", faults.bytes_changed(faults.with_entities), "refused",
        "part 'xl/worksheets/sheet1.xml': found '<!DOCTYPE', expected XML without a document type",
    ),
    "entities in XML": (
        "nbkr/remittances", "remittances", faults.bytes_changed(lambda body: RATES), "refused",
        "nbkr_remittances.xlsx: found '<!DOCTYPE', expected XML without a document type",
    ),
    "XML in place of a workbook": (
        "nbkr/remittances", "remittances", faults.bytes_changed(lambda body: RATES, "text/xml"),
        "permanent",
        "127.0.0.1 sent text/xml, expected application/octet-stream, application/vnd.ms-excel, "
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "a column of a workbook renamed": (
        "undesa/destination", "destination",
        faults.bytes_changed(with_sheet_text(b"Location code", b"Place code")), "refused",
        "undesa_destination.xlsx",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_nothing_that_is_held(name: str, trial: Trial) -> None:
    asked, where, fault, state, message = FAULTS[name]
    before = trial.standing()
    trial.server.inject(where, fault)
    report = trial.ask(asked)
    assert report.state == state, report.message
    assert report.message is not None
    if state == "refused":
        assert message in report.message
        assert report.message in [one.why for one in landing.standing_refusals(trial.home)]
    else:
        assert report.message.startswith(f"{asked}: ")
        assert report.message.endswith(message)
    assert trial.standing() == before
    # What was on its way is gone, and the next time all is well.
    assert [path.name for path in trial.home.fetched.glob(f"{report.source}-*")] == []
    trial.server.injected.clear()
    assert trial.ask(asked).state in ("known", "unchanged", "not modified")
    assert trial.standing() == before
    source = asked.partition("/")[0]
    assert [one for one in landing.standing_refusals(trial.home) if one.source == source] == []
