#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""catalogue.py FILE KEY[.SUBKEY]: prints a value of a version catalogue, a list one item a line."""
import sys

import yaml

value = yaml.safe_load(open(sys.argv[1]))
for key in sys.argv[2].split("."):
    if not isinstance(value, dict) or key not in value:
        sys.exit(f"{sys.argv[1]}: has no {sys.argv[2]}")
    value = value[key]
print("\n".join(map(str, value)) if isinstance(value, list) else value)
