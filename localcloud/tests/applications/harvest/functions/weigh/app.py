"""Weighs one field."""


def handler(event, context):
    return {"field": event["field"], "kilograms": event["sacks"] * 25}
