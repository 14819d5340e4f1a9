"""Prints `vector|base|temporal|environmental` for random vectors of every CVSS version."""

import random
import sys

from cvss import CVSS2, CVSS3, CVSS4, constants2, constants3, constants4

seed, count = int(sys.argv[1]), int(sys.argv[2])
rng = random.Random(seed)


def values(table, metric):
    return [v for v in table[metric] if v not in ("X", "ND")]


def vector(table, mandatory, undefined):
    fields = [f"{m}:{rng.choice(values(table, m))}" for m in mandatory]
    # From the base metrics alone to all of them.
    likelihood = rng.choice([0, 0.2, 0.9])
    for metric in table:
        if metric not in mandatory and rng.random() < likelihood:
            stated = values(table, metric) + [undefined]
            fields.append(f"{metric}:{rng.choice(stated)}")
    return fields


for _ in range(count):
    mandatory = constants2.METRICS_MANDATORY
    base = [f"{m}:{rng.choice(values(constants2.METRICS_VALUES, m))}" for m in mandatory]
    text = "/".join(base)
    print(text, CVSS2(text).scores()[0], "-", "-", sep="|")

    for minor in "01":
        fields = vector(constants3.METRICS_VALUES, constants3.METRICS_MANDATORY, "X")
        if rng.random() < 0.3:
            rng.shuffle(fields)
        text = f"CVSS:3.{minor}/" + "/".join(fields)
        base, temporal, environmental = CVSS3(text).scores()
        stated = {f.split(":")[0] for f in fields if not f.endswith(":X")}
        if not stated & set(constants3.TEMPORAL_METRICS):
            temporal = "-"
        if not stated & set(constants3.ENVIRONMENTAL_METRICS):
            environmental = "-"
        print(text, base, temporal, environmental, sep="|")

    fields = vector(constants4.METRICS_VALUE_NAMES, constants4.METRICS_MANDATORY, "X")
    text = "CVSS:4.0/" + "/".join(fields)
    print(text, CVSS4(text).scores()[0], "-", "-", sep="|")
