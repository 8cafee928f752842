"""npm: names are used as written, versions are semantic versions."""

from __future__ import annotations

from depscan.ecosystems.record import Ecosystem
from depscan.ecosystems.semver import order, prerelease

ECOSYSTEM = Ecosystem("npm", str, order, str, prerelease)
