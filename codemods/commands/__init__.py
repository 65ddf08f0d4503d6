"""The codemods as commands of ``python -m libcst.tool``; nothing here is imported by the tool."""
