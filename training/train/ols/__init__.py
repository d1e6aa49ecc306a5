"""The full report of an ordinary least squares fit: every figure, the printed summary, and what they mean.

fit       the fit
figures   what was fitted → the figures, as JSON has them
reading   those figures → sentences for somebody who has to decide and is not a statistician
summary   the printed table
"""
