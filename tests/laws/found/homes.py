"""Helpers, classes and values that went to the wrong home, or at the wrong time."""

from __future__ import annotations

from tests.laws.found.case import FUTURE, one

HOMES = [
    one("a path constant that moves", "G7", """
API = "/api/v1"
@app.get(API + "/things")
def t(): return 1
@app.get(API)
def t3(): return 3
"""),
    one("one function and route twice", "G7", """
@app.get("/x/1", tags=["ash"])
def ep1(): return 1
@app.get("/x/1", tags=["birch"])
def ep1(): return 2
"""),
    one("a model that refers to itself", "G2", """
from pydantic import BaseModel
class Child(BaseModel):
    kids: List[Child] = []
@app.post("/a/1")
def a1(c: Child): return c
""", head=FUTURE),
    one("models that refer to each other", "G2", """
from pydantic import BaseModel
from typing import Optional
class Item(BaseModel): sub: Optional["Sub"] = None
class Sub(BaseModel): up: Optional["Item"] = None
@app.post("/a/1")
def a1(i: Item) -> Sub: return Sub(up=i)
"""),
    one("subclasses that are counted", "G7", """
REG = []
class Base:
    def __init_subclass__(cls): REG.append(cls.__name__)
class A(Base): pass
class B(Base): pass
class C(Base): pass
@app.get("/b/1")
def b1(): return [B.__name__, REG]
@app.get("/a/1")
def a1(): return A.__name__
@app.get("/c/1")
def c1(): return [C.__name__]
"""),
    one("a shared leaf that is somebody's", "G7", """
def helper(): return 1
@app.get("/a/1")
def a1(): return helper()
@app.get("/b/1")
def b1(): return helper()
""", files={"shop/v1/__init__.py": "", "shop/v1/_shared.py": "X = 1\n"}),
    one("a value after a call of an imported function", "R-21", """
from shop import plug
@app.get("/a/1")
def a1(): return plug.N
from shop.plug import bump
bump()
TWO = plug.N
@app.get("/b/1")
def b1(): return TWO
@app.get("/a/2")
def a2(): return TWO
""", files={"shop/plug.py": "N = 1\ndef bump():\n    global N\n    N += 1\n"}),
]
