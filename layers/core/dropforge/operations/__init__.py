"""What people do with a deployed stack: the operations behind the command line, and behind any other skin.

    stack         the stack that is worked on: its name, its clients, its outputs
    errors        what may go wrong, as facts
    executions    waiting for an execution, as steps that a caller may show
    contracts     publishing a contract, and the one in force
    drops         dropping a file, and the run that it starts
    runs          training runs
    registry      the versions of a use case's model, and which of them is served
    approvals     deciding about a version, and the deployment that an approval starts
    endpoints     what is served
    predictions   asking the live model
    reports       what an evaluation left in the bucket: verdict and pages
    figures       metrics and findings in the bucket

Each takes the stack that it works on, returns frozen data and raises errors that name facts. Nothing here
prints, parses arguments or knows a command: what to do about an error is for the skin to say. The cost: a
skin needs a table from errors to advice (the command line's is `cli/advice.py`).

It lies in the core because it shares the domain and the adapters with the functions; no function imports it,
which an import rule holds, so that a cold start pays for nothing of it.
"""
