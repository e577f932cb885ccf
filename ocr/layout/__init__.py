"""The printed structure of a sheet: ink, lines, columns, cells, reading order, check boxes, handwriting."""
