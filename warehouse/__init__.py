"""Where answers rest: raw submissions, typed tables, views."""
