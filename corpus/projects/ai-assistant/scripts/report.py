"""Print a report: no model is loaded."""

import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="none", help='for instance "google/gemma-2b"')
print(parser.parse_args().model)
