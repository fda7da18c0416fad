"""The 25 indicators: each defined once, in words and in SQL, in `definitions/`."""
