"""What a file does with the monolith's names: imports, reads, assigns, patches or forwards them.

Which files are parsed for it is asked of ``mentions``, how much of them of ``outlines``, and
what is in them of ``reading``. ``reader`` goes through one file once: ``aliases`` tells what
holds the module's object there, and every way to use it that is more than an attribute has a
file of its own: ``text_targets`` of patches, ``computed_names``, ``executions`` of its file
and ``removals`` from ``sys.modules``. What bytes alone tell of files that name no module is
in ``loose_patches`` and ``purges``.
"""
