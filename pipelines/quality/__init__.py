"""Finds what is wrong in the data while it can still be put right: one ranked list of problems."""
