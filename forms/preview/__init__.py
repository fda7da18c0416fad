"""A form in the browser before it reaches a phone, without a network."""

from forms.preview.app import preview_app

__all__ = ["preview_app"]
