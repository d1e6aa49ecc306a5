"""A model over HTTP: GET /ping and POST /invocations.

requests      a body → records
answers       predictions → a body
application   the WSGI application that joins them around one predictor
job           starts the server
"""
