"""Who is who: people registered more than once are found, shown, and put under one ID."""
