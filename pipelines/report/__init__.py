"""The quarterly report, as PDF and as workbook, made of published figures only."""
