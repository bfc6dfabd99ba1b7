"""The command line ``migmap``, one file a command."""
