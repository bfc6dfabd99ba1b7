"""How and when work runs: definitions, jobs, schedules and the command line."""
