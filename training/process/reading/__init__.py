"""A drop's bytes → its rows as cells, some megabytes at a time, whatever the format.

drop      which format the file has, what its bytes alone can tell, and how to open it
blocks    a text file as whole lines in UTF-8, block by block
lines     one line after the other, and the rows that quotes spread over several of them
frames    what a frame of cells looks like
whole     a block of CSV without any odd line, read at once
careful   a block of CSV line by line: what cannot be read goes to quarantine
csvfile, jsonlines, parquet    the readers

A reader knows its `header`, and its `blocks()` are frames of cells. Cells are texts, or numbers where the
format has them; null is an empty cell. What a row and a cell are, `dropforge.domain.reading` says.
"""
