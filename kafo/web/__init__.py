"""The data manager's pages: rendered on the server, French first, nothing from elsewhere."""
