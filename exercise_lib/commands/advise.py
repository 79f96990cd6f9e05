"""`advise`: look at photos and say which approach suits them."""

import json
from dataclasses import asdict

from exercise_lib.commands.arguments import add_data, add_model


def add(commands):
    """Add the command to the others."""
    command = commands.add_parser(
        "advise",
        help="look at photos and say which approach suits them",
        description="See what the pretrained model makes of your photos, train a head on frozen "
        "features, and say which approach to take. The test photos are not looked at.",
    )
    add_data(command)
    add_model(command)
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    command.set_defaults(run=run)


def run(options):
    """Look at photos and say which approach suits them."""
    from exercise_lib import datasets
    from exercise_lib.comparison import advice
    from exercise_lib.models import pretrained

    dataset = datasets.load(options.data)
    model = pretrained.load_pretrained(options.model)
    found = advice.examine(model, dataset)
    if options.json:
        approach, why = advice.advise(found)
        result = {"findings": asdict(found), "approach": approach, "why": why}
        print(json.dumps(result, indent=1))
    else:
        print(advice.as_text(found))
