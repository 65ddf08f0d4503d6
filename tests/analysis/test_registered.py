"""Endpoints of a router module, however they are registered."""

from __future__ import annotations

import ast

from aurum_refactor.analysis.registered import endpoints_in, registering_functions


def test_methods_that_a_function_registers_are_endpoints() -> None:
    tree = ast.parse(
        "class ItemsEndpoints:\n"
        "    def items(self, size: int): ...\n"
        "    def helper(self): ...\n\n"
        "def register_items(app, *, self):\n"
        "    app.add_api_route('/items', self.items)\n"
        "    app.post('/items')(self.items)\n"
        "    app.add_api_route('/stock', self.stock.helper)\n"
    )

    rows = endpoints_in(tree)

    assert [(row.node.name, row.routes, row.is_method) for row in rows] == [
        ("items", ("GET /items", "POST /items"), True)
    ]
    assert registering_functions(tree) == {"register_items"}
