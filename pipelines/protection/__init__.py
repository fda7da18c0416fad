"""What keeps people safe in what leaves: small cells, named exports, erasure, retention, the register."""
