"""Jobs: processes that bring data in, run to an end, and take results out."""
