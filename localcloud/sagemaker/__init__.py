"""SageMaker for a laptop: jobs as real processes, endpoints as real HTTP servers, every request checked."""
