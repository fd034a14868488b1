"""Prints, at the end of a run, what was covered: suites, features, captures. Used by conftest.py.

The tests say what they covered by record_property: with several processes what they print is lost.
"""

from collections import defaultdict

VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")


def pytest_terminal_summary(terminalreporter):
    told = [told for report in terminalreporter.getreports("passed") for told in report.user_properties]
    handshakes = [tuple(value) for name, value in told if name == "suite"]
    print_features(terminalreporter, [tuple(value) for name, value in told if name == "feature"])
    print_captures(terminalreporter, [count for name, value in told if name == "captures" for count in value])
    if not handshakes:
        return
    terminalreporter.section("cipher suites")
    suites = defaultdict(set)
    for version, kx, number in handshakes:
        suites[kx, version].add(number)
    for row in table(suites):
        terminalreporter.write_line(row)
    covered = {(version, number) for version, _, number in handshakes}
    terminalreporter.write_line(f"{len(covered)} suites x versions, {len(handshakes)} handshakes")
    for names in (value for name, value in told if name == "suites left out"):
        terminalreporter.write_line(f"{len(names)} suites left out: {', '.join(names) or 'none'}")


def print_features(terminalreporter, features):
    """What test_features.py has covered: (version, feature, suite) of each handshake."""
    if not features:
        return
    terminalreporter.section("features")
    for name in sorted({name for _, name, _ in features}):
        row = [len({(version, suite) for v, n, suite in features if (v, n) == (version, name)}) for version in VERSIONS]
        terminalreporter.write_line(f"{name:<90}" + "".join(f"{count or '-':>9}" for count in row))
    terminalreporter.write_line(
        f"{len(set(features))} suites x versions x features, {len(features)} handshakes, some after an earlier one"
    )


def print_captures(terminalreporter, connections):
    """How many captures were read, in all tests together: TLS connections in each."""
    if connections:
        terminalreporter.section("captures")
        terminalreporter.write_line(f"{len(connections)} captures read, {sum(connections)} TLS connections in them")


def table(suites):
    """A row for each key exchange: how many suites in each version."""
    yield "key exchange" + "".join(f"{version:>9}" for version in VERSIONS)
    for kx in sorted({kx for kx, _ in suites}):
        yield f"{kx:<12}" + "".join(f"{len(suites.get((kx, version), ())) or '-':>9}" for version in VERSIONS)
