import click

from leadlight.cli.accounts import account, accounts
from leadlight.cli.backtest.command import backtest
from leadlight.cli.diff import diff
from leadlight.cli.documents import new, reference, schema, set_
from leadlight.cli.erase import export, forget
from leadlight.cli.explain import explain
from leadlight.cli.failed import failed
from leadlight.cli.forecast import forecast
from leadlight.cli.help import STACK, examples
from leadlight.cli.history import history
from leadlight.cli.imports.commands import import_
from leadlight.cli.kpis import kpis
from leadlight.cli.leads import lead, leads
from leadlight.cli.merges import merge, shared, unmerge
from leadlight.cli.models import draft, models, publish, rollback
from leadlight.cli.repair import audit, rebuild, redrive, state
from leadlight.cli.score import score
from leadlight.cli.validate import validate
from leadlight.cli.verdicts import bot, human


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=examples(
        "validate model.yaml",
        "score --activities activities.jsonl",
        f"import leads leads.csv --map leads.map.yaml {STACK}",
        f"kpis --refresh {STACK}",
    ),
)
@click.version_option(package_name="leadlight")
def main() -> None:
    """Leadlight: which leads to call today, and why.

    new, validate, set, schema, reference, diff, backtest and score need no stack, and explain, history and forecast
    can do without one. The others call a running one: give --url, or set LEADLIGHT_URL to the stack's output ApiUrl;
    requests are signed with your AWS credentials. Exit codes: 0 done, 1 something to mend, 2 wrong usage.
    """


for _command in (
    new,
    validate,
    set_,
    schema,
    reference,
    backtest,
    score,
    explain,
    history,
    forecast,
    diff,
    import_,
    leads,
    lead,
    accounts,
    account,
    merge,
    unmerge,
    shared,
    human,
    bot,
    kpis,
    draft,
    publish,
    rollback,
    models,
    export,
    forget,
    failed,
    redrive,
    rebuild,
    audit,
    state,
):
    main.add_command(_command)
