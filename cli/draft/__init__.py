"""A first contract from a data file.

    propose   what each column is, by the facts that the image's `survey` verb found in the file
    ranges    what numbers may be, and which of them look like codes
    write     the contract as YAML, each decision with its reason beside it
    pictures  the same for a .zip of pictures

It is a proposal for a person to read: whether a column is known before the answer is, no file can say.
"""
