"""A first contract from a data file.

    survey    what the file holds, column by column, in one pass over it
    propose   what each column is, judged from that
    write     the contract as YAML, with what was seen as comments

It is a proposal for a person to read: which columns leak the answer or may not be used, no file can say.
"""
