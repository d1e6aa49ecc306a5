"""The model's folder: data and graphs with a manifest, nothing executable."""
