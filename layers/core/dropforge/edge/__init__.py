"""Where the outside world is turned into the domain's words, and the domain's answers into the outside's."""
