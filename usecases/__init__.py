"""The use cases that come with Dropforge: each a contract, a generator of sample data and a short README."""
