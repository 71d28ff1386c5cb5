"""How sheets are made: cells that are never formulas, columns, styles, streamed rows, whole files or none."""
