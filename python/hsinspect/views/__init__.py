"""Views: how a trace is shown. model.py says what is shown, ladder.py how a terminal shows it.

SPDX-License-Identifier: MIT
"""
