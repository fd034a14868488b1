"""For every test: says what is tested, so that a report can be read alone.

Tests that need what scripts/bootstrap installs (openssl, nginx, …) fail without it: none is skipped for that.
"""

import hsinspect._core as core
import pytest


def pytest_report_header(config: pytest.Config) -> list[str]:
    reason = core.probe_reason()
    return [
        f"hsinspect: {core.__file__}, probe {'installed' if reason is None else f'off ({reason})'}",
        f"GnuTLS {core.gnutls_version()}: {core.gnutls_library()}",
    ]
