"""npm: names are used as written, versions are semantic versions."""

from __future__ import annotations

from depscan.ecosystems.ecosystem import Ecosystem
from depscan.ecosystems.semver import order

ECOSYSTEM = Ecosystem("npm", str, order)
