"""`python -m equiripple.train`: networks that are cheap to encrypt, from images to weights."""

import argparse
import sys

from .errors import TrainingError
from .settings import add_options, from_options


def main() -> int:
    """The exit status: 0, or 1 with a line on what went wrong."""
    parser = argparse.ArgumentParser("python -m equiripple.train", description=__doc__)
    recipes = parser.add_subparsers(dest="recipe", required=True, metavar="RECIPE")
    from . import compare, student, table, teacher

    recipe_settings = [
        (teacher, teacher.TeacherSettings),
        (student, student.StudentSettings),
        (compare, compare.CompareSettings),
        (table, table.TableSettings),
    ]
    for module, settings in recipe_settings:
        recipe = recipes.add_parser(
            module.__name__.rpartition(".")[2],
            help=module.__doc__.splitlines()[0],
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_options(recipe, settings)
        recipe.set_defaults(module=module, kind=settings)
    options = parser.parse_args()
    try:
        options.module.run(from_options(options.kind, options))
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on after the last whole epoch", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
