"""Migrations of the fixed tables: forward only, readable by the previous release."""
