"""How answers arrive: ODK Central to the warehouse, exactly."""
