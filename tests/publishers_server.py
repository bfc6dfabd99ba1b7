"""A local server that speaks the protocols of the publishers, with the bundled figures.

In tests: ``with serving() as server: ...``, then ``server.environment()`` is what points fetching
at it. As a process of its own: ``python -m tests.publishers_server``, which prints that
environment, one ``NAME=value`` a line, and serves until it is killed.

Faults are put in its way by ``server.inject`` (see ``tests.publisher_faults``).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

EXTRACTS = Path(__file__).resolve().parents[1] / "warehouse" / "extracts"
CLIENT_ID = "CLIENTID-0f3a9c71"
SOURCES = ("unhcr", "idmc", "undesa", "nsc", "nbkr")

JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
CSV = "text/csv"

UNHCR_PATHS = {
    f"/population/v1/{name.replace('_', '-')}/": name
    for name in (
        "population", "demographics", "asylum_applications", "asylum_decisions", "solutions",
    )
}  # fmt: skip
# Only these come with the sums of the whole query.
_UNHCR_SUMS = {
    "asylum_applications": ("applied",),
    "asylum_decisions": (
        "dec_recognized", "dec_other", "dec_rejected", "dec_closed", "dec_total",
    ),
    "solutions": ("returned_refugees", "resettlement", "naturalisation", "returned_idps"),
}  # fmt: skip
GIDD = "/external-api/gidd"
IDMC_LISTS = {
    f"{GIDD}/conflicts/": "conflicts",
    f"{GIDD}/disasters/": "disasters",
    f"{GIDD}/public-figure-analyses/": "figure_analyses",
}
IDMC_EXPORTS = {
    f"{GIDD}/displacements/displacement-export/": "displacements",
    f"{GIDD}/disaggregations/disaggregation-export/": "disaggregated",
}
UNDESA_FILES = {
    "undesa_pd_2024_ims_stock_by_sex_and_destination.xlsx": "destination",
    "undesa_pd_2024_ims_stock_by_sex_destination_and_origin.xlsx": "destination_origin",
    "undesa_pd_2020_ims_stock_by_age_sex_and_destination.xlsx": "age_sex",
}
NSC_OPEN_DATA = "/opendata/category/316/json"
NSC_DYNAMIC = "/statistics/download/dynamic/"
NBKR_REMITTANCES = "/remittances.xlsx"

# What each publisher's newest figures are served from.
SERVED = {
    **{("unhcr", name): f"unhcr/{name}/2025-end.json" for name in UNHCR_PATHS.values()},
    ("idmc", "conflicts"): "idmc/conflicts/2025.json",
    ("idmc", "disasters"): "idmc/disasters/2025.json",
    ("idmc", "figure_analyses"): "idmc/figure_analyses/2024.csv",
    ("idmc", "displacements"): "idmc/displacements/2023.xlsx",
    ("idmc", "disaggregated"): "idmc/disaggregated/2024.csv",
    ("undesa", "destination"): "undesa/destination/2024.xlsx",
    ("undesa", "destination_origin"): "undesa/destination_origin/2024.xlsx",
    ("undesa", "age_sex"): "undesa/age_sex/2020.xlsx",
    ("nsc", "opendata"): "nsc/opendata/2025.json",
    ("nsc", "dynamic"): "nsc/dynamic/2024.xls",
    ("nbkr", "remittances"): "nbkr/remittances/2025-press.xlsx",
}


@dataclass(frozen=True)
class Answer:
    """What is sent: status, body and headers; a length that is told and may be wrong."""

    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    told_length: int | None = None


Fault = Callable[["Handler", Answer], Answer | None]


@dataclass
class Injected:
    """A fault, where it strikes, and how many times yet (None for always)."""

    fragment: str
    fault: Fault
    times: int | None


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    status: int


class PublishersServer(ThreadingHTTPServer):
    """The publishers, on a port of this machine.

    Args:
        port: The port; 0 for a free one.
        page_size: The most rows of one page of UNHCR's or IDMC's answers.
        client_id: The one that IDMC knows.
        validators: Whether answers carry an ETag and a conditional request is answered by 304.
    """

    daemon_threads = True

    def __init__(
        self,
        port: int = 0,
        page_size: int = 10_000,
        client_id: str = CLIENT_ID,
        *,
        validators: bool = True,
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.page_size = page_size
        self.client_id = client_id
        self.validators = validators
        self.served = {key: EXTRACTS / path for key, path in SERVED.items()}
        self.injected: list[Injected] = []
        self.asked: list[Asked] = []

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def environment(self) -> dict[str, str]:
        """The variables that point fetching at this server."""
        return {
            **{f"MIGMAP_ADDRESS_{source.upper()}": self.address for source in SOURCES},
            "MIGMAP_ADDRESS_NBKR_REMITTANCES": f"{self.address}{NBKR_REMITTANCES}",
            "MIGMAP_ADDRESS_NSC_DYNAMIC": f"{self.address}/ru{NSC_DYNAMIC}316/",
            "IDMC_CLIENT_ID": self.client_id,
        }

    def serve_instead(self, source: str, dataset: str, path: Path) -> None:
        """Serve another file of this dataset from now on."""
        self.served[source, dataset] = path

    def inject(self, fragment: str, fault: Fault, times: int | None = None) -> None:
        """Let a fault strike requests whose path and query contain a text."""
        self.injected.append(Injected(fragment, fault, times))

    def strike(self, target: str) -> Fault | None:
        """The fault that strikes this request, if any."""
        for one in self.injected:
            if one.fragment in target and one.times != 0:
                if one.times is not None:
                    one.times -= 1
                return one.fault
        return None

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up, as trials do, is no error."""


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: PublishersServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        answer: Answer | None = self._conditional(_answer(self.server, parts.path, query))
        fault = self.server.strike(self.path)
        if fault is not None and answer is not None:
            answer = fault(self, answer)
        status = answer.status if answer else 0
        self.server.asked.append(Asked(parts.path, query, dict(self.headers.items()), status))
        if answer is not None:
            self.send(answer)

    def send(self, answer: Answer) -> None:
        """Send an answer, with the length that it tells."""
        length = len(answer.body) if answer.told_length is None else answer.told_length
        self.send_response(answer.status)
        if answer.content_type:
            self.send_header("Content-Type", answer.content_type)
        if answer.status != 304:
            self.send_header("Content-Length", str(length))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if length != len(answer.body):
            # The other side must not wait for what never comes, nor take the rest for an answer.
            self.close_connection = True
        self.end_headers()
        if answer.status != 304:
            self.wfile.write(answer.body)

    def hang_up(self) -> None:
        """Cut the connection without a further word."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def _conditional(self, answer: Answer) -> Answer:
        if not self.server.validators or answer.status != 200:
            return answer
        tag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == tag:
            return Answer(b"", "", 304, {"ETag": tag})
        return replace(answer, headers={**answer.headers, "ETag": tag})


def _answer(server: PublishersServer, path: str, query: Mapping[str, list[str]]) -> Answer:
    if path in UNHCR_PATHS:
        return _unhcr(server, UNHCR_PATHS[path], query)
    if path.startswith(GIDD):
        return _idmc(server, path, query)
    name = path.rsplit("/", 1)[-1]
    if name in UNDESA_FILES:
        return Answer(server.served["undesa", UNDESA_FILES[name]].read_bytes(), XLSX)
    if path.endswith(NSC_OPEN_DATA):
        return Answer(server.served["nsc", "opendata"].read_bytes(), JSON)
    if NSC_DYNAMIC in path:
        return Answer(server.served["nsc", "dynamic"].read_bytes(), XLS)
    if path == NBKR_REMITTANCES:
        return Answer(server.served["nbkr", "remittances"].read_bytes(), XLSX)
    return Answer(b"<!DOCTYPE html><html><body>Not Found</body></html>", "text/html", 404)


def _unhcr(server: PublishersServer, dataset: str, query: Mapping[str, list[str]]) -> Answer:
    pages = json.loads(server.served["unhcr", dataset].read_text(encoding="utf-8"))
    items = [item for page in pages for item in page["items"]]
    for side in ("coo", "coa"):
        if side in query and query.get("cf_type") == ["ISO"]:
            wanted = query[side][0].split(",")
            items = [item for item in items if item[f"{side}_iso"] in wanted]
    # A lone bound is ignored.
    if "yearFrom" in query and "yearTo" in query:
        first, last = int(query["yearFrom"][0]), int(query["yearTo"][0])
        items = [item for item in items if first <= item["year"] <= last]
    items.sort(key=lambda item: item["year"])
    limit = min(max(int(query.get("limit", ["100"])[0]), 1), server.page_size)
    page = int(query.get("page", ["1"])[0])
    envelope = {
        "page": page,
        "short-url": "",
        "maxPages": -(-len(items) // limit),
        "total": _sums(items, _UNHCR_SUMS.get(dataset, ())),
        "items": items[(page - 1) * limit : page * limit],
    }
    return Answer(json.dumps(envelope).encode(), JSON)


def _sums(items: list[dict[str, Any]], columns: tuple[str, ...]) -> dict[str, int] | list[int]:
    return {
        column: sum(int(item[column]) for item in items if item[column] != "-")
        for column in columns
    } or []


def _idmc(server: PublishersServer, path: str, query: Mapping[str, list[str]]) -> Answer:
    if query.get("client_id") != [server.client_id]:
        return Answer(b'{"detail":"Client is not registered."}', JSON, 403)
    if path in IDMC_EXPORTS:
        file = server.served["idmc", IDMC_EXPORTS[path]]
        return Answer(file.read_bytes(), CSV if file.suffix == ".csv" else XLSX)
    if path not in IDMC_LISTS:
        return Answer(b'{"detail":"Not found."}', JSON, 404)
    updated, rows = _idmc_rows(server.served["idmc", IDMC_LISTS[path]])
    countries = query.get("iso3__in", [""])[0].split(",")
    rows = [row for row in rows if countries == [""] or row["iso3"] in countries]
    limit = min(int(query.get("limit", ["20"])[0]), server.page_size)
    offset = int(query.get("offset", ["0"])[0])

    def link(at: int) -> str | None:
        told = {"client_id": server.client_id, "limit": limit, "offset": at}
        return f"{server.address}{path}?{urlencode(told)}" if 0 <= at < len(rows) else None

    envelope = {
        "last_updated": updated,
        "count": len(rows),
        "next": link(offset + limit),
        "previous": link(offset - limit),
        "results": rows[offset : offset + limit],
    }
    return Answer(json.dumps(envelope).encode(), JSON)


def _idmc_rows(file: Path) -> tuple[str, list[dict[str, Any]]]:
    """Rows of a list as the API heads them; the analyses are bundled as the export heads them."""
    if file.suffix == ".json":
        envelope = json.loads(file.read_text(encoding="utf-8"))
        return envelope["last_updated"], envelope["results"]
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [
            {
                "id": at,
                "iso3": row["ISO3"],
                "year": int(row["Year"]),
                "figure_cause_name": row["Figure cause"],
                "figure_category_name": row["Figure category"],
                "description": row["Description"],
                "figures": int(row["Figures"]),
                "figures_rounded": int(row["Figures rounded"]),
            }
            for at, row in enumerate(csv.DictReader(lines), start=1)
        ]
    return "2024-12-31T00:00:00Z", rows


@contextmanager
def serving(port: int = 0, page_size: int = 10_000, **options: Any) -> Iterator[PublishersServer]:
    """Serve from a thread while the block runs."""
    server = PublishersServer(port, page_size, **options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.daemon = True
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--page-size", type=int, default=10_000)
    parser.add_argument(
        "--instead",
        action="append",
        default=[],
        metavar="SOURCE/DATASET=FILE",
        help="Serve this file of a dataset; may be given several times.",
    )
    arguments = parser.parse_args()
    server = PublishersServer(arguments.port, arguments.page_size)
    for one in arguments.instead:
        what, file = one.split("=", 1)
        source, dataset = what.split("/")
        server.serve_instead(source, dataset, Path(file))
    for name, value in server.environment().items():
        print(f"{name}={value}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
