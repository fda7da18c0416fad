"""pyodk's `get_table` of everything, flattened by pandas, the table replaced."""

import sys
from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine

from benchmarks.peers.session import client_of


def main() -> None:
    url, email, password, database, folder = sys.argv[1:]
    client = client_of(url, email, password, Path(folder))
    table = client.submissions.get_table(form_id="load", expand="*")
    frame = pd.json_normalize(table["value"], sep="_")
    for column in frame.columns:
        lists = frame[column].map(lambda value: isinstance(value, list | dict))
        if lists.any():
            frame[column] = frame[column].astype(str)
    frame.to_sql("load_whole", create_engine(database), if_exists="replace", index=False)


main()
