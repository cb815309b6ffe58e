#!/usr/bin/env python3
"""Measures this server beside stock etcd 3.7.1 on one machine, and draws the charts of ../performance.md.

Both servers run the same work in turn, round by round, so that a drift of the machine meets both; medians are taken over
the rounds. Needs only Python, openssl, the packaged distribution and the stock tools (.ci/stock-tools).

  measure.py [--rounds 5] [--only PART]... [--out DIR]
"""
import argparse
import json
import pathlib
import shutil
import statistics
import tempfile

import abuse
import maintenance
import works
from charts import draw, table

PARTS = {"start": works.start_round, "load": works.load_round, "million": works.million_round,
         "watch": works.watch_round, "tls": works.tls_round, "cluster": works.cluster_round,
         "copy": works.copy_round, "maintenance": maintenance.maintenance_round, "abuse": abuse.abuse_round}


def measure(part, rounds):
    samples = {"stock": [], "ours": []}
    for number in range(rounds):
        for kind in (("stock", "ours") if number % 2 == 0 else ("ours", "stock")):
            directory = pathlib.Path(tempfile.mkdtemp(prefix=f"measure-{kind}-"))
            try:
                samples[kind].append(PARTS[part](kind, directory))
            finally:
                shutil.rmtree(directory)
            print(f"{part}, round {number + 1}, {kind}: {json.dumps(samples[kind][-1])}", flush=True)
    medians = {}
    for kind, runs in samples.items():
        for work, figures in runs[0].items():
            for figure in figures:
                median = statistics.median(run[work][figure] for run in runs)
                medians.setdefault(work, {}).setdefault(figure, {})[kind] = round(median, 3)
    for figures in medians.values():
        for values in figures.values():
            values["ratio"] = round(values["ours"] / values["stock"], 3) if values["stock"] else None
    return medians


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    results_file = options.out / "results.json"
    medians = json.loads(results_file.read_text()) if results_file.exists() else {}
    for part in options.only or PARTS:
        medians.update(measure(part, options.rounds))
    results_file.write_text(json.dumps(medians, indent=2) + "\n")
    draw(medians, options.out)
    print(table(medians))


if __name__ == "__main__":
    main()
