"""One module per page; each function answers one address."""
