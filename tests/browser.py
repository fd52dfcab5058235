"""Chromium without a window, driven over its DevTools protocol: pages are looked at, timed and clicked as a user would.

tornado speaks WebSocket; it comes with `distributed`, which the development install has.
"""

import asyncio
import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tornado.websocket import WebSocketClientConnection, websocket_connect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
)  # fmt: skip
LONGEST_S = 60.0
MESSAGE_BYTES = 1 << 28


class Browser:
    """A page in a browser of its own; use as a context manager."""

    def __init__(self, width: int, height: int, touch: bool = False) -> None:
        self._size, self._touch = (width, height), touch
        self._loop = asyncio.new_event_loop()
        self._profile = Path(tempfile.mkdtemp(prefix="chromium-"))
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        assert CHROMIUM, "no Chromium here"
        flags = [*FLAGS, f"--user-data-dir={self._profile}", f"--window-size={self._size[0]},{self._size[1]}"]
        self._process = subprocess.Popen(
            [CHROMIUM, *flags, "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._socket: WebSocketClientConnection = self._loop.run_until_complete(self._connected())
        found = self.call("Target.getTargets")["targetInfos"]
        target = next(one["targetId"] for one in found if one["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        width, height = self._size
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=self._touch
        )
        if self._touch:
            self.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=2)
        return self

    _session = ""

    @property
    def process(self) -> int:
        """The number of the browser's process."""
        return self._process.pid

    async def _connected(self) -> WebSocketClientConnection:
        port = self._profile / "DevToolsActivePort"
        until = time.monotonic() + LONGEST_S
        while not port.is_file() or len(port.read_text().splitlines()) < 2:
            assert time.monotonic() < until, "Chromium does not start"
            await asyncio.sleep(0.05)
        number, path = port.read_text().splitlines()[:2]
        return await websocket_connect(f"ws://127.0.0.1:{number}{path}", max_message_size=MESSAGE_BYTES)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for one thing; what the browser says by itself meanwhile is kept in `events`."""
        return self._loop.run_until_complete(asyncio.wait_for(self._call(method, parameters), LONGEST_S))

    async def _call(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        await self._socket.write_message(
            json.dumps({"id": self._number, "method": method, "params": parameters, **session})
        )
        while True:
            text = await self._socket.read_message()
            assert text is not None, "the browser is gone"
            said = json.loads(text)
            if said.get("id") == self._number:
                assert "error" not in said, said["error"]
                answer: dict[str, Any] = said["result"]
                return answer
            self.events.append(said)

    def open(self, page: Path, ready: str) -> None:
        """Open a file and wait until an expression is true in it."""
        self.call("Page.navigate", url=page.resolve().as_uri())
        self.wait(ready)

    def wait(self, expression: str) -> None:
        until = time.monotonic() + LONGEST_S
        while not self.ask(f"Boolean({expression})"):
            assert time.monotonic() < until, f"never: {expression}"
            time.sleep(0.05)

    def ask(self, expression: str) -> Any:
        """The value of an expression in the page, of a promise what it comes to."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def traced(self, categories: str, seconds: float) -> list[dict[str, Any]]:
        """The browser's trace of the next seconds."""
        self.call("Tracing.start", categories=categories, transferMode="ReportEvents")
        self.ask(f"new Promise(done => setTimeout(done, {seconds * 1000:.0f}))")
        self.events.clear()
        self.call("Tracing.end")
        while not any(event.get("method") == "Tracing.tracingComplete" for event in self.events):
            self.ask("0")
        found = [event for event in self.events if event.get("method") == "Tracing.dataCollected"]
        return [entry for event in found for entry in event["params"]["value"]]

    def press(self, key: str, text: str = "") -> None:
        """A key down and up."""
        more = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def click(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        """touchStart, touchMove or touchEnd of fingers at these points."""
        self.call(
            "Input.dispatchTouchEvent",
            type=kind,
            touchPoints=[{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)],
        )

    def picture(self, path: Path) -> None:
        """Save what is seen as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def complaints(self) -> list[str]:
        """Errors that the page or its policy said, and what it asked of the network."""
        self.ask("0")
        found = []
        for event in self.events:
            said = event.get("params", {})
            if event.get("method") == "Log.entryAdded" and said["entry"]["level"] == "error":
                found.append(said["entry"]["text"])
            elif event.get("method") == "Runtime.exceptionThrown":
                found.append(str(said["exceptionDetails"]))
            elif event.get("method") == "Network.requestWillBeSent" and not said["request"]["url"].startswith("file:"):
                found.append(said["request"]["url"])
        return found

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(LONGEST_S)
        self._loop.run_until_complete(asyncio.sleep(0))
        self._socket.close()
        self._loop.run_until_complete(asyncio.sleep(0.1))
        self._loop.close()
        shutil.rmtree(self._profile, ignore_errors=True)
