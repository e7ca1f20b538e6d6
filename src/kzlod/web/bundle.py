"""The bundled scripts that enhance pages: `make web` and the wheel's build put them into the folder `static`.

Pages are whole without them; where they are not there, no page names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

FOLDER = "-/"
"""The address that scripts are below; no IRI of a dataset begins so."""
SCRIPT = f"{FOLDER}script.js"
"""What a page loads: it fetches the rest when it is needed."""
_TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".txt": "text/plain"}


@cache
def bundle() -> Mapping[str, Traversable]:
    """The files of the bundle, by their addresses; none where it was not made."""
    folder = files("kzlod.web") / "static"
    found = {FOLDER + file.name: file for file in folder.iterdir()} if folder.is_dir() else {}
    return found if SCRIPT in found else {}


def asking() -> list[str]:
    """The addresses of the modules with which the form of the SPARQL page asks, so that it can fetch them at once.

    The editor is not among them: it comes after them, or when it is needed.
    """
    needed = (f"{FOLDER}sparql-", f"{FOLDER}chunk-")  # as the build names them
    return sorted(address for address in bundle() if address.startswith(needed))


def media_type(address: str) -> str:
    """The media type of a file of the bundle.

    >>> media_type("-/script.js")
    'text/javascript'
    """
    return _TYPES[address[address.rindex(".") :]]
