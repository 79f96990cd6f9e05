"""`advise`: examine photos and recommend an approach."""

import argparse
import json
from dataclasses import asdict

from exercise_lib.commands.arguments import Commands, add_data, add_model


def add(commands: Commands) -> None:
    """Add the command to the others."""
    command = commands.add_parser(
        "advise",
        help="examine your photos and recommend an approach",
        description="Run the pretrained model on your photos, train a head on frozen features, "
        "and recommend an approach. The test photos are not used.",
    )
    add_data(command)
    add_model(command)
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Examine photos and recommend an approach."""
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
