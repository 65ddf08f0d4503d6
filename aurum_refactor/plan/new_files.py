"""Files that a plan may make, and what they are called as modules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from aurum_refactor.model import Layout, LockedMonolith
from aurum_refactor.plan.paths import dotted_name, in_the_way, router_path, shared_path, target_init
from aurum_refactor.source.settings import Config


@dataclass(frozen=True, slots=True)
class NewFiles:
    """Where the modules of each domain and the shared leaf go."""

    layout: Layout
    config: Config
    # The shared leaf: file and dotted module.
    leaf_path: str
    leaf: str
    # The package of the new modules: its ``__init__.py`` and dotted name.
    init: str
    package: str
    # How many modules of each domain are there; none for those that are not in it.
    used: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, layout: Layout, config: Config) -> NewFiles:
        """Where files would go in an empty project."""
        leaf_path, init = shared_path(layout, config), target_init(layout, config)
        return cls(
            layout=layout,
            config=config,
            leaf_path=leaf_path,
            leaf=dotted_name(leaf_path, layout.source_root),
            init=init,
            package=dotted_name(init, layout.source_root),
        )

    def beside(
        self, locked: LockedMonolith | None, domains: Collection[str], files: Collection[str]
    ) -> NewFiles:
        """The same beside what is there: of earlier extractions, or of others."""
        used = _stages_used(locked, domains, self.layout, self.config, files)
        return replace(self, used=used)

    def path_of(self, domain: str, stage: int) -> str:
        """File of a module of a domain, counted from 1."""
        # A module that exists is other people's by now, ours too: add another.
        return router_path(self.layout, self.config, domain, stage + self.used.get(domain, 0))

    def dotted(self, path: str) -> str:
        """Dotted module of a file."""
        return dotted_name(path, self.layout.source_root)

    def parts(self, domains: Collection[str]) -> frozenset[str]:
        """All that has to be made anew with the monolith: new modules, and packages around."""
        around = {self.leaf, self.package, self.layout.module.rpartition(".")[0]}
        first = {router_path(self.layout, self.config, domain, 1) for domain in domains}
        new = {self.path_of(domain, 1) for domain in domains}
        return frozenset(around | {self.dotted(path) for path in first | new})


def _stages_used(
    locked: LockedMonolith | None,
    domains: Collection[str],
    layout: Layout,
    config: Config,
    files: Collection[str],
) -> Mapping[str, int]:
    """How many modules of each domain are there: of earlier extractions, or of others."""
    homes = {e.home for e in locked.endpoints if e.home != locked.module} if locked else set()
    firsts = {router_path(layout, config, domain, 1) for domain in domains}
    found: dict[str, int] = {}
    for domain in domains:
        stage = 1
        while True:
            path = router_path(layout, config, domain, stage)
            others = config.beside_existing and (
                in_the_way(path, files) or (stage > 1 and path in firsts)
            )
            if not others and dotted_name(path, layout.source_root) not in homes:
                break
            found[domain] = stage
            stage += 1
    return found
