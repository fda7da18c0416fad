"""`python -m kafo`: the same as the command `kafo`."""

from kafo.cli import main

main()
