"""Read UN DESA's bilateral workbook in a process that has all its modules: how long it took.

``read_bilateral.py ours|parser WORKBOOK``: from the file to the source-shaped table, or by the
parser alone to cells as Python has them. The last line that it prints is JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from python_calamine import CalamineWorkbook

Reading = Callable[[Path], int]


def ours() -> Reading:
    """What reads the workbook as the gate does; the number of figures."""
    # Not at the top: the parser alone needs none of it, and imports do not count.
    from assets.sources.recognise import read_any

    return lambda path: len(read_any(path).frame)


def parser(path: Path) -> int:
    """Have every cell of the workbook, and know nothing of what it means.

    Returns:
        The number of rows.
    """
    book = CalamineWorkbook.from_path(path)
    return sum(
        len(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        for name in book.sheet_names
    )


def main(whose: str, path: Path) -> None:
    """Print the seconds of one reading."""
    read = parser if whose == "parser" else ours()
    clock, cpu = perf_counter(), process_time()
    rows = read(path)
    took = {"seconds": perf_counter() - clock, "cpu_seconds": process_time() - cpu}
    print(f"{rows} rows")
    print(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
