"""What the claims about speed and shape are measured with."""
