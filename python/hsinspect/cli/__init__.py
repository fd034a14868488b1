"""The command line: main.py reads it, a file for each command does the work.

SPDX-License-Identifier: MIT
"""
