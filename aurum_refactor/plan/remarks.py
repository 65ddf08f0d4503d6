"""Warnings that belong to a plan: what is kept as it is and worth knowing before a move."""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.model import Finding, ModuleUse, Severity, Survey

#: Packages whose decorators key something by the module of the function (semantics 5.2).
_MODULE_KEYED = {
    "slowapi": "limits are counted per module and name",
    "fastapi_cache": "cache keys hold the module, so entries start cold",
    "aiocache": "cache keys hold the module, so entries start cold",
    "cashews": "cache keys hold the module, so entries start cold",
    "dogpile": "cache keys hold the module, so entries start cold",
    "joblib": "cache keys hold the module, so entries start cold",
    "celery": "the task name holds the module, so queued messages no longer resolve",
    "taskiq": "the task name holds the module, so queued messages no longer resolve",
    "huey": "the task name holds the module, so queued messages no longer resolve",
    "rq": "jobs are looked up by module and name; the old name is still re-exported",
    "apscheduler": "jobs are looked up by module and name; the old name is still re-exported",
    "newrelic": "transactions are named by module and function",
}


def remarks(survey: Survey) -> tuple[Finding, ...]:
    """Everything the plan must say although it refuses nothing for it (guarantee G8)."""
    found: list[Finding] = []
    path = survey.layout.path
    for use in survey.module_uses:
        if use.what == "dynamic":
            message = (
                f"may replace any name of the monolith ({use.detail}), "
                "so every imported name is read through it"
            )
            advice = "test the name against a literal collection to bound it"
            found.append(_warning("AR204", use.path, use.line, message, advice))
        if use.what == "load by path":
            message = "loads the monolith by its file and puts it into sys.modules"
            found.append(_warning("AR205", use.path, use.line, message, "import it by name"))
        if use.what == "reads text" and use.path != path:
            message = f"reads the text of {path} ({use.detail}), which is another one after a move"
            advice = "let it ask the application, or read the new modules too"
            found.append(_warning("AR213", use.path, use.line, message, advice))
    if survey.fastapi.low is None and survey.fastapi.high is None:
        message = "the FastAPI version is not known, so the restrictions of all versions apply"
        advice = "give --fastapi-version, or pin fastapi in the project"
        found.append(_warning("AR206", path, 1, message, advice))
    if not survey.fastapi.is_verified:
        message = (
            f"FastAPI {survey.fastapi} is older than 0.110, "
            "so the restrictions of all versions apply"
        )
        found.append(_warning("AR206", path, 1, message, "upgrade FastAPI first if you can"))
    if survey.script_line is not None and not survey.script_serves_own_object:
        message = "run as a script, this module and the one that serves are two copies, as before"
        advice = "start it with uvicorn from the command line"
        found.append(_warning("AR207", path, survey.script_line, message, advice))
    return (*found, *_module_keyed(survey))


def executed_again(again: Sequence[ModuleUse], *, in_place: bool) -> tuple[Finding, ...]:
    """What the plan says of code that executes the monolith again."""
    found = []
    for uses, does, so in (
        (
            [use for use in again if use.what == "reload"],
            "reloads the monolith",
            "it reloads its parts with it, each at its place"
            if in_place
            else "it drops its parts then, so that they run again too, and they read all but some "
            "imports through it",
        ),
        (
            [use for use in again if use.what == "watched copy"],
            "makes a copy of the monolith under another name",
            "it drops its parts then, so that the copy has its own, and only endpoints and "
            "functions that no copy runs move",
        ),
        (
            [use for use in again if use.what not in ("reload", "watched copy")],
            "may have the monolith imported anew",
            "it drops its parts then, so that they run again too, and they look for it in "
            "sys.modules",
        ),
    ):
        if uses:
            others = sorted({f"{use.path}:{use.line}" for use in uses[1:]})
            also = f" (also {', '.join(others[:_NAMED])}" if others else ""
            also += f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
            also += ")" if others else ""
            advice = "let that code make a new app, and nothing of this is needed"
            message = f"{does}{also}: {so}"
            found.append(_warning("AR212", uses[0].path, uses[0].line, message, advice))
    return tuple(found)


#: Places that a message names one by one.
_NAMED = 3


def _warning(
    code: str, path: str, line: int, message: str, advice: str, subject: str = ""
) -> Finding:
    return Finding(code, Severity.WARNING, message, advice, path, line, subject)


def _module_keyed(survey: Survey) -> list[Finding]:
    origin = {
        imported.bound: imported.module.split(".")[0]
        for statement in survey.statements
        for imported in statement.imports
    }
    made = {
        binding.name: origin[call]
        for statement in survey.statements
        if statement.kind == "assignment"
        for call in statement.calls
        if origin.get(call) in _MODULE_KEYED
        for binding in statement.binds
    }
    found = []
    introspective = {s.label for s in survey.statements if s.introspects and s.label}
    for endpoint in survey.endpoints:
        for decorator in endpoint.other_decorators:
            root = decorator.split("(")[0].split(".")[0]
            if root in introspective:
                found.append(
                    _warning(
                        "AR208",
                        survey.layout.path,
                        endpoint.span.first,
                        f"@{root} looks at the module or name of what it decorates",
                        "check that nothing depends on the old module name",
                        f"{survey.layout.module}:{endpoint.name}",
                    )
                )
            package = made.get(root) or origin.get(root, "")
            if package in _MODULE_KEYED:
                message = f"@{decorator.split('(')[0]} of {package}: {_MODULE_KEYED[package]}"
                advice = "check that nothing depends on the old module name"
                found.append(
                    _warning(
                        "AR208",
                        survey.layout.path,
                        endpoint.span.first,
                        message,
                        advice,
                        f"{survey.layout.module}:{endpoint.name}",
                    )
                )
    return found
