"""Pictures → numbers; after that an image problem is one of several classes on a table.

decode     the bytes of a picture → pixels, whoever made them
features   pixels → a vector: the one way for training, evaluation and serving
columns    the contract of the table that the vectors make
read       a drop of pictures, a .zip or a folder → that table
"""
