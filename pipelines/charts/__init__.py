"""Charts and the map as SVG, drawn without a browser or network; pages and report share them."""
