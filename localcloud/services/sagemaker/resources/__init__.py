"""The resources that are records only: tags, models, the registry, endpoint configurations."""
