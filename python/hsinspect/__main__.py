"""python -m hsinspect.

SPDX-License-Identifier: MIT
"""

import sys

from hsinspect.cli.main import main

sys.exit(main(sys.argv[1:]))
