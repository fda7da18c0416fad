"""Measures matching on generated registers whose truth is known."""
