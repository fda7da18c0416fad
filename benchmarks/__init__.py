"""Measurements, run by command; results go to docs/mesures.md with the size of the machine."""
