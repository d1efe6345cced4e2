"""A client of varded's operator socket that shares nothing with ours: frames as
lib/operate/wire.h describes them."""
import json
import socket
import struct


class Refused(Exception):
    """What the operator function answered instead: {"rc", "code", "where", "text"}."""

    def __init__(self, error):
        super().__init__(error["code"])
        self.error, self.code = error, error["code"]


def call(folder, function, reason=None, **args):
    """Asks the daemon that works on `folder`. (output bytes, result)."""
    request = {"varde": 1, "function": function, "args": args, "operator": "test", "reason": reason}
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(60)
        s.connect(str(folder / "operator.sock"))
        s.sendall(json.dumps(request).encode() + b"\n")
        stream = s.makefile("rb")
        output, result, error = b"", None, None
        while True:
            kind, length = struct.unpack(">cI", stream.read(5))
            piece = stream.read(length)
            if kind == b"O":
                output += piece
            elif kind == b"R":
                result = json.loads(piece)
            elif kind == b"E":
                error = json.loads(piece)
            else:
                break
    if error:
        raise Refused(error)
    return output, result
