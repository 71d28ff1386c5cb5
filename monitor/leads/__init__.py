"""From suspect to lead: what is proposed for sampling, who a seller is, and which bureau it goes to.

The room knows nothing of SQL. A place that is unknown or ambiguous is 待核, never a guess; every routing
names the rule it rests on, with its source and how sure we are.
"""
