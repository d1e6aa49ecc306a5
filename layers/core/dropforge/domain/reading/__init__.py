"""What a record says: the one reader of drops, of files for inference and of requests.

A model is right only where what it is asked means what it was trained on. So each question that a file or a
request raises is answered in one place: where a row ends, which line is blank, what is missing, what is a
number, which spelling a category has. Processing reads millions of rows in another engine; it takes these
definitions over as patterns or asks these functions once a text, and a property test holds both to the same.

cells         what one cell says: its spaces, a category's text, a number
dates         what one moment is
values        what a column makes of a cell; one bad value is one BadValue
csv_rows      lines of CSV → rows
json_lines    a JSON text → a record
header        does a table have the contract's columns, each once?
text          bytes → lines, for a file that is read as it comes
records       a file for inference → the records for the endpoint
faults        what can be wrong with a row, a header or a file
"""
