"""What leaves the warehouse as a file: marked, logged, and by two people where it names anybody."""
