"""The fixed tables of every part of the warehouse with their protection classes, whoever asks."""

from functools import cache
from importlib import import_module
from importlib.resources import files

from warehouse.tables import metadata, schema_of


@cache
def protection_classes() -> dict[str, str]:
    """Name of each fixed table → its class. A part's tables are known once its module is imported."""
    for file in files("warehouse").iterdir():
        if file.name.endswith("_tables.py"):
            import_module(f"warehouse.{file.name.removesuffix('.py')}")
    return {table.name: schema_of(table) for table in metadata.sorted_tables}
