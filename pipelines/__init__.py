"""What is made of the answers."""
