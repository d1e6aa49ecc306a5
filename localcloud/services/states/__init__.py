"""Step Functions: state machines and their executions.

`service`       which operation is answered by whom: the table that everything hangs on
`machines`      what a state machine may be; `machine_roles` whose role it can have
`executions`    what the API does with executions; `callbacks` task tokens and activities
`engine`        the executions that run; `observer` puts what they do on record, `durable` keeps it
`interpreter/`  the Amazon States Language: executions of a definition, and nothing of the cloud
`validate`      what is wrong with a definition. One state: `refusals`, `choice_rules`, `retries`, `tasks`;
                one value: `expressions`, `literals`; the names of all `fields`
`sdk`           AWS's APIs by botocore's models, for tasks and for CloudFormation's types

The records, versions, aliases and tags of machines are MiniStack's (`localcloud.ministack.stepfunctions`).
"""
