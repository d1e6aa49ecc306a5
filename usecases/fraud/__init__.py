"""Is an insurance claim a fraud?"""
