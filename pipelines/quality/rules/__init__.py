"""The rules, each in its own module with its definition in both languages."""
