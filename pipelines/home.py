"""Make Dagster's home, so that runs stand in the UI and survive a restart."""

from __future__ import annotations

import os
from pathlib import Path

from warehouse.files import replacing
from warehouse.home import Home, current

# Telemetry would call a host outside; the pop-up ("nux") would cover the pages.
# Lines below INFO are Dagster's own about each Parquet file, and are stored like events.
# What a run prints is not copied into the home: our steps print nothing, and on a full disk the
# copy takes the command's last words with it.
_DAGSTER_YAML = """\
telemetry:
  enabled: false
nux:
  enabled: false
freshness:
  enabled: true
python_logs:
  python_log_level: INFO
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
run_monitoring:
  enabled: true
  start_timeout_seconds: 180
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 3
      started: 3
      failure: 90
      success: 90
"""


def prepare(home: Home) -> Path:
    """Make the warehouse home and Dagster's home in it, and point Dagster there.

    Args:
        home: The warehouse home.

    Returns:
        Dagster's home.
    """
    home.make()
    home.dagster.mkdir(parents=True, exist_ok=True)
    settings = home.dagster / "dagster.yaml"
    if not settings.is_file() or settings.read_text(encoding="utf-8") != _DAGSTER_YAML:
        with replacing(settings) as temporary:
            temporary.write_text(_DAGSTER_YAML, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    return home.dagster


if __name__ == "__main__":
    prepare(current())
