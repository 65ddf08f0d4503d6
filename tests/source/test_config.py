"""The configuration: defaults, both files, and every mistake at once."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurum_refactor.errors import ConfigError
from aurum_refactor.source.config import (
    Config,
    DomainRule,
    LayoutPatterns,
    load_config,
    match_glob,
    render_config,
)
from aurum_refactor.source.settings import VerifySettings


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/routes.py").write_text("")
    return tmp_path


def _own(root: Path, text: str) -> None:
    (root / "aurum-refactor.toml").write_text(textwrap.dedent(text), encoding="utf-8")


def _mistakes(root: Path) -> tuple[tuple[int | None, str], ...]:
    with pytest.raises(ConfigError) as caught:
        load_config(root, None)
    return caught.value.mistakes


def test_without_a_file_there_are_defaults(root: Path) -> None:
    assert load_config(root, None) == Config()


def test_pyproject_of_another_tool_gives_the_defaults(root: Path) -> None:
    (root / "pyproject.toml").write_text("[tool.ruff]\nline-length = 88\n")

    assert load_config(root, None) == Config()


def test_every_setting_is_read_from_pyproject(root: Path) -> None:
    (root / "pyproject.toml").write_bytes(
        b'[project]\r\nname = "x"\r\n'
        b"[tool.aurum-refactor]\r\n"
        b'monolith = ["./src/routes.py"]\r\nsource-roots = ["src"]\r\nreferences = "rewrite"\r\n'
        b'fastapi-version = "0.110"\r\n'
        b'keep = ["health"]\r\nlayout.router = "src/{domain}/router.py"\r\n'
        b'[tool.aurum-refactor.domains]\r\ncurves = ["/v1/curves/**"]\r\n'
        b'admin = ["/v1/admin/**"]\r\n'
        b'[tool.aurum-refactor.verify]\r\napp = "app.main:create_app(debug=True)"\r\n'
        b'python = ".venv/bin/python"\r\npath = ["src", "."]\r\ncwd = "src"\r\n'
        b'argv = ["--port", "1"]\r\nenv = { TOKEN = "x" }\r\nstub = ["auto", "torch"]\r\n'
        b'never-stub = ["redis"]\r\npre = ["import os"]\r\ntimeout = 90\r\n'
        b'tests = "pytest -q"\r\ntests-timeout = 300\r\ntests-by-file = true\r\n'
    )

    assert load_config(root, None) == Config(
        path="pyproject.toml",
        monolith=("src/routes.py",),
        source_roots=("src",),
        references="rewrite",
        layout=LayoutPatterns(router="src/{domain}/router.py"),
        domains=(
            DomainRule("curves", ("/v1/curves/**",), 11),
            DomainRule("admin", ("/v1/admin/**",), 12),
        ),
        fastapi_version="0.110",
        verify=VerifySettings(
            app="app.main:create_app(debug=True)",
            python=".venv/bin/python",
            path=("src", "."),
            cwd="src",
            argv=("--port", "1"),
            env=(("TOKEN", "x"),),
            stub=("auto", "torch"),
            never_stub=("redis",),
            pre=("import os",),
            timeout=90,
            tests="pytest -q",
            tests_timeout=300,
            tests_by_file=True,
        ),
        keep=("health",),
    )


def test_file_named_by_the_user_is_read_even_outside_the_project(root: Path) -> None:
    other = root / "settings.toml"
    other.write_text('keep = ["health"]\n')

    inside = load_config(root, other)
    outside = load_config(root / "src", other)

    assert (inside.path, inside.keep) == ("settings.toml", ("health",))
    assert (outside.path, outside.keep) == (str(other.resolve()), ("health",))


def test_all_mistakes_are_reported_together_with_their_lines(root: Path) -> None:
    _own(
        root,
        """\
        monolit = 1
        monolith = [
          "src/routes.py",
          "../x.py",
          "src/no.py",
        ]
        source_roots = 3
        references = "no"
        verify.app = "x"
        fastapi-version = 0.110
        [layout]
        router = "{package}/x.py"
        dao = "{pkg}/{domain}.py"
        service = "/abs/{domain}.py"
        shared = "{package}/{domain}.py"
        test = "x"
        [domains]
        class = ["/a"]
        "a-b" = ["/b"]
        _c = "/c"
        d = ["/v1/**", "x"]
        e = ["/v1/c/*",
             "/q*", "/v1/**"]
        """,
    )

    assert _mistakes(root) == (
        (1, "unknown key monolit; did you mean monolith?"),
        (4, f"monolith: ../x.py leaves the project {root.resolve()}"),
        (5, "monolith src/no.py does not exist"),
        (7, "unknown key source_roots; did you mean source-roots?"),
        (8, 'references must be "keep" or "rewrite"'),
        (9, "verify.app is neither MODULE:NAME nor statements that leave the application in `app`"),
        (10, 'fastapi-version must be a version like "0.115.2"'),
        (12, "layout.router must contain {domain}, or all domains would share one file"),
        (
            13,
            "layout.dao has an unknown placeholder {pkg}; known are {package}, {module}, {domain}",
        ),
        (14, "layout.service leaves the project or is not a relative path with forward slashes"),
        (15, "layout.shared is one file for all domains and must not contain {domain}"),
        (16, "unknown key layout.test; did you mean tests?"),
        (18, "domain 'class' is a Python keyword"),
        (19, "domain 'a-b' is not a Python identifier, so it cannot name a module"),
        (20, "domain '_c' starts with an underscore, which is kept for modules of our own"),
        (20, "domains._c must be a list of strings"),
        (21, "'x' of domain 'd' must start with \"/\""),
        (22, "'/v1/c/*' of domain 'e' never matches: '/v1/**' of domain 'd' comes first"),
        (
            23,
            "'/q*' of domain 'e' uses \"*\" inside a segment; "
            '"*" and "**" stand for whole segments',
        ),
        (23, "'/v1/**' of domain 'e' is given twice, first for domain 'd'"),
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = = 2\n", 2),
        ("a = 1\nb = '", 2),
        ("a = [\n", 2),
        ("a = " + "[" * 100_000, None),
        ("a = 2020-13-01\n", 1),
        ("\ufeffa = 1\n", 1),
    ],
)
def test_malformed_toml_is_one_mistake_with_its_line(
    root: Path, text: str, line: int | None
) -> None:
    _own(root, text)

    mistakes = _mistakes(root)

    assert [place for place, _ in mistakes] == [line]
    assert mistakes[0][1].startswith("malformed TOML: ")


def test_file_that_is_not_utf8_is_a_mistake_with_its_line(root: Path) -> None:
    (root / "aurum-refactor.toml").write_bytes(b"# fine\n# \xff\n")

    assert _mistakes(root) == ((2, "not valid UTF-8, which TOML requires"),)


def test_two_configurations_are_a_mistake(root: Path) -> None:
    _own(root, "")
    (root / "pyproject.toml").write_text("[tool.aurum-refactor]\n")

    assert _mistakes(root) == (
        (None, "pyproject.toml has a table [tool.aurum-refactor] too; keep one of them"),
    )


def test_missing_file_and_missing_table_are_mistakes(root: Path) -> None:
    (root / "pyproject.toml").write_text("")

    with pytest.raises(ConfigError, match=r"^no\.toml: does not exist$"):
        load_config(root, root / "no.toml")
    with pytest.raises(ConfigError, match=r"has no table \[tool\.aurum-refactor\]"):
        load_config(root, root / "pyproject.toml")


def test_lines_are_found_behind_multi_line_strings_and_inline_tables(root: Path) -> None:
    _own(
        root,
        '''\
        fastapi-version = """
        keep = 3 # not a key [
        """
        "references" = 'x#y'  # [
        layout = { router = "x.py" }
        ''',
    )

    assert [line for line, _ in _mistakes(root)] == [1, 4, 5]


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/v1/curves/**", "/v1/curves", True),
        ("/v1/curves/**", "/v1/curves/{id}/points", True),
        ("/v1/curves/**", "/v1/curvesets", False),
        ("/v1/*/points", "/v1/{id}/points", True),
        ("/v1/*/points", "/v1/a/b/points", False),
        ("/v1/*", "/v1/", False),
        ("/v1/**", "/v1/", True),
        ("/**/export", "/a/b/export", True),
        ("/**/a/**/b", "/a/x/a/b", True),
        ("/**", "/", True),
        ("", "", True),
        ("/a.c", "/abc", False),
        ("/a", "/a/", False),
    ],
)
def test_globs_match_whole_segments(pattern: str, path: str, expected: bool) -> None:
    assert match_glob(pattern, path) is expected


def test_rendered_configuration_reads_back_equal(root: Path) -> None:
    (root / 'src/rötes "x".py').write_text("")
    names = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True).filter(
        lambda name: name not in ("as", "if", "in", "is", "or")
    )
    segment = st.text(alphabet="abc{}_-é\"'\\\x7f", min_size=1, max_size=4)

    @given(domains=st.dictionaries(names, segment, max_size=3), pyproject=st.booleans())
    def law(domains: dict[str, str], pyproject: bool) -> None:
        globs = {name: [f"/{name}/{part}", f"/{name}x/**"] for name, part in domains.items()}
        text = render_config(['src/rötes "x".py'], ["src"], globs, in_pyproject=pyproject)
        place = root / ("pyproject.toml" if pyproject else "settings.toml")
        place.write_text(text, encoding="utf-8")

        config = load_config(root, place)

        assert config.monolith == ('src/rötes "x".py',)
        assert config.source_roots == ("src",)
        assert config.layout == LayoutPatterns()
        assert {rule.name: list(rule.globs) for rule in config.domains} == globs

    law()


def test_mistakes_in_how_it_is_run_are_found(root: Path) -> None:
    _own(
        root,
        """\
        [verify]
        app = "make(x)"
        test = "pytest"
        path = ["..", "src", "no"]
        cwd = "src/routes.py"
        argv = "x"
        env = { A = 1 }
        timeout = true
        tests = "pytest '"
        python = ""
        tests-timeout = 0
        tests-by-file = "yes"
        """,
    )

    assert _mistakes(root) == (
        (2, "verify.app is neither MODULE:NAME nor statements that leave the application in `app`"),
        (3, "unknown key verify.test; did you mean tests?"),
        (4, f"verify.path: .. leaves the project {root.resolve()}"),
        (4, "verify.path: no is not a directory"),
        (5, "verify.cwd: src/routes.py is not a directory"),
        (6, "verify.argv must be a list of strings"),
        (7, 'verify.env must be a table of strings, such as { KEY = "value" }'),
        (8, "verify.timeout must be a number of seconds above 0"),
        (9, "verify.tests is not a command: pytest '"),
        (10, "verify.python must be a string that is not empty"),
        (11, "verify.tests-timeout must be a number of seconds above 0"),
        (12, "verify.tests-by-file must be true or false"),
    )
