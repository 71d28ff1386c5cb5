"""Calendar, plans, firings, and the service that carries them out.

Plans and calendar are pure functions over YAML; what has fired and what was missed stands in the database,
never in a scheduler's memory.
"""
