"""A form in the browser before it reaches a phone, without a network."""
