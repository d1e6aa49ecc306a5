"""How many bicycles will be hired on a day?"""
