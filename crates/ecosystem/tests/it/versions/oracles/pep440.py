"""Compares tab-separated pairs of versions with packaging."""

import sys

from packaging.version import InvalidVersion, Version

for line in sys.stdin:
    try:
        a, b = map(Version, line.rstrip("\n").split("\t"))
    except InvalidVersion:
        print("!")
    else:
        print("<" if a < b else ">" if a > b else "=")
