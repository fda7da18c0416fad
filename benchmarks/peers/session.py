"""pyodk's own session, as its documentation sets it up."""

from pathlib import Path

from pyodk.client import Client


def client_of(url: str, email: str, password: str, folder: Path) -> Client:
    config = folder / "pyodk.toml"
    config.write_text(
        f'[central]\nbase_url = "{url}"\nusername = "{email}"\npassword = "{password}"\n'
        "default_project_id = 1\n",
        encoding="utf-8",
    )
    return Client(config_path=str(config), cache_path=str(folder / "pyodk-cache.toml")).open()
