"""Will a customer subscribe to a term deposit after a call?"""
