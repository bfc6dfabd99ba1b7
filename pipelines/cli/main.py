"""``migmap``: refresh the warehouse, read files, look at the map, ask in SQL."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

# Commands in the order in which help lists them, and the function of each, which its module is
# named after; export and import have commands of their own.
COMMANDS = {
    "refresh": "refresh",
    "read": "read",
    "land": "land",
    "accept": "accept",
    "matrix": "matrix",
    "assessment": "assessment",
    "diff": "diff",
    "report": "report",
    "report-check": "report_check",
    "letters": "letters",
    "sql": "sql",
    "status": "status",
    "doctor": "doctor",
    "why": "why",
    "history": "history",
    "rollback": "rollback",
    "export": "export",
    "import": "imports",
}


def application(*commands: str) -> typer.Typer:
    """The command line with some of its commands.

    Args:
        commands: Names of commands; all if none is given. Only their modules are imported.
    """
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

    @app.callback()
    def migmap() -> None:
        """Migration data map: which migration figures exist, who holds them, who may have them."""

    for name in commands or COMMANDS:
        module = COMMANDS[name]
        command = getattr(import_module(f"pipelines.cli.{module}"), module)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def run() -> None:
    """Entry point of the script.

    What only another command needs is not imported: it would take longer than most answers.
    """
    application(*(name for name in sys.argv[1:2] if name in COMMANDS))()


if __name__ == "__main__":
    run()
