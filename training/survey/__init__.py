"""What a file holds, seen without a contract: the facts from which `dropforge init` drafts one.

formats    which kind of file it is, and how its text is written
tables     CSV, Parquet and JSON lines → rows of text
decimals   whether its numbers have a decimal comma
columns    what each column of text holds
pictures   what a .zip of pictures holds
relations  what the columns tell of each other and of the target, by the data-quality checks
job        all of it → survey.json
"""
