"""Is it an automobile, a bicycle or a motorcycle?"""
