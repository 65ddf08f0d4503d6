"""An application with every bad habit that a request can meet."""

ODD = """\
import asyncio, os, pathlib, random, secrets, socket, subprocess, sys, tempfile, threading, time
import uuid
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import StreamingResponse


@asynccontextmanager
async def life(app):
    app.state.started = True
    yield {"from_lifespan": 1}
    pathlib.Path("stopped").touch()


app = FastAPI(lifespan=life)
SEEN = []


@app.get("/state")
async def state(request: Request):
    SEEN.append(1)
    return {"n": len(SEEN), "up": app.state.started, "state": request.state.from_lifespan}


@app.get("/random")
def randoms():
    return [uuid.uuid4().hex, random.random(), secrets.token_hex(4)]


@app.get("/time")
def now():
    return {"at": time.time_ns(), "constant": 1}


@app.get("/forever")
async def forever():
    async def parts():
        while True:
            yield b"tick "
            await asyncio.sleep(0.01)
    return StreamingResponse(parts(), media_type="text/plain")


@app.get("/flood")
async def flood():
    async def parts():
        while True:
            yield b"x" * 65536
    return StreamingResponse(parts())


@app.get("/sleeps")
async def sleeps():
    await asyncio.sleep(600)


@app.get("/thread")
def thread():
    time.sleep(30)


@app.get("/blocks")
async def blocks():
    time.sleep(600)


@app.get("/raises")
def raises():
    raise KeyError("gone: " + str(pathlib.Path(__file__).parent))


@app.get("/exits")
async def exits():
    sys.exit(4)


@app.get("/dies")
async def dies():
    os._exit(7)


@app.get("/network")
def network():
    try:
        socket.socket().connect(("192.0.2.1", 80))
    except OSError as error:
        return type(error).__name__


@app.get("/resolves")
def resolves():
    try:
        socket.getaddrinfo("example.com", 80)
    except OSError as error:
        return type(error).__name__


@app.get("/program")
def program():
    try:
        subprocess.run(["touch", "/tmp/never"])
    except OSError as error:
        return type(error).__name__


@app.get("/outside")
def outside():
    try:
        pathlib.Path(os.environ["OUTSIDE"]).write_text("x")
    except OSError as error:
        return type(error).__name__


@app.get("/inside")
def inside():
    pathlib.Path("note").write_text("x")
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"x")
    return sorted(p.name for p in pathlib.Path().iterdir())


@app.post("/echo")
async def echo(request: Request):
    return {"headers": request.headers.items(), "body": (await request.body()).decode()}


@app.websocket("/chat")
async def chat(socket: WebSocket):
    await socket.accept(subprotocol="a" if "a" in socket.scope["subprotocols"] else None)
    while True:
        await socket.send_text("got " + await socket.receive_text())


@app.websocket("/shut")
async def shut(socket: WebSocket):
    await socket.close(4001, "no")


@app.websocket("/talks")
async def talks(socket: WebSocket):
    await socket.accept()
    while True:
        await socket.send_bytes(b"x")
"""
