"""The manifest: what is committed can be used, and every mistake in one is named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.manifest import ManifestError, load_manifest

pytestmark = pytest.mark.static


def test_the_committed_manifest_pins_forty_projects_or_more():
    manifest = load_manifest()

    assert len(manifest.projects) >= 40
    assert all(project.pin for project in manifest.projects)


def test_a_project_keeps_what_it_says(tmp_path: Path):
    path = tmp_path / "m.toml"
    path.write_text(
        '[[project]]\nname = "a"\npypi = "a-b==1.0"\nmodule = "a/m.py"\n'
        'domains = {x = ["/x/**"], y = ["/y"]}\n'
        'run = {app = "a.m:app", env = {K = "{home}/v"}, never-stub = ["n"]}\n'
    )

    (project,) = load_manifest(path).projects

    assert project.domains == (("x", ("/x/**",)), ("y", ("/y",)))
    assert project.run is not None
    assert project.run.env == (("K", "{home}/v"),)
    assert project.run.never_stub == ("n",)


def test_every_mistake_is_named_at_once(tmp_path: Path):
    path = tmp_path / "m.toml"
    path.write_text(
        'colour = "red"\n[[project]]\nname = "a"\nrepo = "o/a"\ncommit = "abc"\n'
        'module = "/etc/m.py"\n[[project]]\nname = "a"\nmodule = "m.py"\ndomains = {x = "y"}\n'
        'run = {pip = "one", environment = "b", requests = "yes", app = ""}\n'
    )

    with pytest.raises(ManifestError) as caught:
        load_manifest(path)

    assert str(caught.value).splitlines() == [
        f"{path}: {mistake}"
        for mistake in (
            "unknown key 'colour'",
            "a: named 2 times",
            "a: module must be the path of a .py file in the project",
            "a: commit must be the whole hash, 40 hex digits",
            "a: domains must be lists of globs",
            "a: name either repo and commit, or pypi",
            "a: run.pip must be a list of strings",
            "a: run.requests must be true or false",
            "a: run.app must say what to import",
            "a: run.environment names no project: b",
        )
    ]


def test_a_name_that_is_not_in_the_manifest_is_an_error():
    with pytest.raises(ManifestError, match="not in the manifest: nobody"):
        load_manifest().only(("nobody",))


def test_the_fingerprint_follows_what_decides_the_result(tmp_path: Path):
    text = '[[project]]\nname = "a"\npypi = "a==1"\nmodule = "m.py"\n'
    path = tmp_path / "m.toml"
    path.write_text(text)
    (before,) = load_manifest(path).projects
    path.write_text(text + 'domains = {x = ["/x"]}\n')
    (after,) = load_manifest(path).projects

    assert before.fingerprint != after.fingerprint
