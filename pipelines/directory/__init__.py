"""The directory as people read it: records with the words of the form, side by side, and found again."""
