"""The outline under a map: the deployment's own boundaries, or the regions that come with Kafo."""

import json
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from forms.errors import UsageError
from kafo.config import Config

SHIPPED = "mali-regions-0.5.10.geojson"
"""Among the files of the pages; licence beside it."""

_REGION = "Kayes"


def report_outline(config: Config) -> Any:
    """GeoJSON under the map of the report: the own boundaries, else the region of the centre."""
    own = config.settings.pages.boundaries
    if own:
        return own_boundaries(config.folder / own)
    text = files("kafo").joinpath("web", "static", SHIPPED).read_text(encoding="utf-8")
    shipped = json.loads(text)
    mine = [each for each in shipped["features"] if each["properties"]["name"] == _REGION]
    return {**shipped, "features": mine}


@lru_cache(1)
def own_boundaries(path: Path) -> Any:
    """What the file holds; UsageError when it is no GeoJSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UsageError(
            f"« pages.boundaries » : {path.name} n'est pas un fichier GeoJSON lisible. Corrigez "
            "config.yaml.",
            f"'pages.boundaries': {path.name} is no readable GeoJSON file. Correct config.yaml.",
        ) from None
