"""HTTP/2 frames as told (RFC 9113), for what no HTTP library would send."""
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
END_STREAM, END_HEADERS = 1, 4
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def length(n):
    """An HPACK integer with a prefix of 7 bits (RFC 7541 section 5.1)."""
    if n < 127:
        return bytes([n])
    out, n = [127], n - 127
    while n >= 128:
        out.append(n % 128 + 128)
        n //= 128
    return bytes(out + [n])


def fields(*pairs):
    """Each a literal without indexing, names and values as they are."""
    out = b""
    for name, value in pairs:
        name, value = (x if isinstance(x, bytes) else x.encode("latin-1") for x in (name, value))
        out += b"\0" + length(len(name)) + name + length(len(value)) + value
    return out


def request(pairs, *data, stream=1):
    """HEADERS, then each of `data` as a DATA frame; the last frame ends the stream."""
    head = frame(HEADERS, END_HEADERS | (0 if data else END_STREAM), stream, fields(*pairs))
    return head + b"".join(frame(DATA, END_STREAM if i == len(data) - 1 else 0, stream, d) for i, d in enumerate(data))


def outcome(tls, *requests, streams=1):
    """Sends, and reads until each stream has ended or the connection has: {stream: "answered" | "reset"}; {} for
    a connection that was closed as a whole."""
    tls.sendall(PREFACE + frame(SETTINGS) + b"".join(requests))
    ended, rest = {}, b""
    while len(ended) < streams:
        try:
            more = tls.recv(65536)
        except ConnectionError:
            more = b""
        if not more:
            break
        rest += more
        while len(rest) >= 9 and len(rest) >= 9 + int.from_bytes(rest[:3], "big"):
            size, kind, flags = int.from_bytes(rest[:3], "big"), rest[3], rest[4]
            stream, rest = int.from_bytes(rest[5:9], "big") & 0x7FFFFFFF, rest[9 + size:]
            if kind == GOAWAY and not ended:
                return {}
            if kind == RST_STREAM:
                ended[stream] = "reset"
            elif kind in (HEADERS, DATA) and flags & END_STREAM:
                ended[stream] = "answered"
    return ended
