# SPDX-License-Identifier: Apache-2.0
"""What cmekscan takes: live against a demo cloud on loopback, and offline. See README.md."""

import argparse
import pathlib
import tempfile

import evaluation
import inventory
import live
import offline
import plan


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default="build/release/cmekscan", type=pathlib.Path,
                        help="the program to measure (default: %(default)s)")
    parser.add_argument("--projects", nargs="*", type=int, default=[200, 1000], metavar="N",
                        help="sizes of the organization that is scanned live (default: 200 1000; none: no live part)")
    parser.add_argument("--latency", nargs="+", type=int, default=[0, 30], metavar="MS",
                        help="how long the demo cloud waits with each answer (default: 0 30)")
    parser.add_argument("--resources", type=int, default=1_000_000, metavar="N",
                        help="resources in the asset file (default: %(default)s; 0: no offline part)")
    parser.add_argument("--plans", nargs="*", type=int, default=[10_000], metavar="N",
                        help="resources in the Terraform plans (default: 10000; none: no plans)")
    parser.add_argument("--checkov", metavar="PATH", help="Checkov, to scan the same plans (default: the one in PATH)")
    parser.add_argument("--inventory", nargs="*", type=int, default=[10_000, 30_000, 100_000], metavar="N",
                        help="sizes of the organization that is scanned through Cloud Asset Inventory (default: 10000 "
                             "30000 100000; none: not that part)")
    parser.add_argument("--evaluation", action=argparse.BooleanOptionalAction, default=True,
                        help="time the evaluation alone (needs the target bench_evaluation)")
    parser.add_argument("--runs", type=int, default=2, metavar="N",
                        help="how often each scan is run; the fastest counts (default: %(default)s)")
    parser.add_argument("--folder", type=pathlib.Path, help="where generated files stay (default: nowhere)")
    options = parser.parse_args()
    if not options.binary.is_file():
        parser.error(f"'{options.binary}' is not there: build it, or name another with --binary")
    options.binary = options.binary.resolve()
    return options


def measure(options, folder):
    if options.projects:
        live.measure(options, folder)
    if options.inventory:
        inventory.measure(options, folder)
    if options.resources:
        offline.measure(options, folder)
    if options.plans:
        plan.measure(options, folder)
    if options.evaluation:
        evaluation.measure(options, folder)


def main():
    options = arguments()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        measure(options, options.folder)
        return
    with tempfile.TemporaryDirectory(prefix="cmekscan-bench-") as folder:
        measure(options, pathlib.Path(folder))


if __name__ == "__main__":
    main()
