"""Will a customer take a personal loan?"""
