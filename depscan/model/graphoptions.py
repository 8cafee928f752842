"""What the user says about completing the graph."""

from typing import NamedTuple


class GraphOptions(NamedTuple):
    """Where metadata of pins may come from, and for which target markers are judged.

    Attributes:
        find_links: folders of wheels and sdists.
        site_packages: environments, or their folders of installed packages.
        python: version of the target, such as "3.11"; "" for this one.
        platform: linux, macos, windows or a platform tag; "" for this machine.
        resolve: whether unpinned requirements are resolved by uv.
    """

    find_links: tuple[str, ...] = ()
    site_packages: tuple[str, ...] = ()
    python: str = ""
    platform: str = ""
    resolve: bool = False

    @property
    def wanted(self) -> bool:
        """Whether there is anything to do."""
        return self != GraphOptions()
