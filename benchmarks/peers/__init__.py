"""Other ways to bring the same submissions into the same database, as their documentation shows them.

Each module runs as `python -m benchmarks.peers.NAME URL EMAIL PASSWORD DATABASE FOLDER`.
"""
