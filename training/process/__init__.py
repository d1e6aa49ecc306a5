"""A drop and its contract → typed rows to learn from.

reading     the file as cells, block by block, whatever its format; what cannot be read goes to quarantine
numbers, texts, rules    cells → values, and what is wrong with them
cells       a block of cells → typed rows and bad rows
gather      all blocks together: duplicates and repeated keys
pictures    the same for a drop of pictures
limits      is what was found fit to learn from?
dividing    who trains, who validates, who tests
resample    balance between the classes of the training part
parts       the parts as files
baseline    what the training part looks like, in Model Monitor's format
report      what became of the drop
"""
