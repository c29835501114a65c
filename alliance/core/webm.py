"""A silent film out of pictures, without any codec of our own: a lossy WebP is one key frame of VP8, and WebM is a box
around such frames (RFC 6386, RFC 9559). Called by the demonstration and by tests.
"""

import io
import struct
from collections.abc import Sequence

from PIL import Image


def film(frames: Sequence[Image.Image], *, milliseconds: int, **facts: str) -> bytes:
    """A WebM that shows each frame for so long; ``facts`` (``title="…"``) are told of it in its tags."""
    width, height = frames[0].size
    info = _element(0x2AD7B1, _number(1_000_000)) + _element(
        0x4489, struct.pack(">d", milliseconds * len(frames))
    )
    info += _element(0x4D80, b"portal") + _element(0x5741, b"portal")
    video = _element(0xB0, _number(width)) + _element(0xBA, _number(height))
    entry = _element(0xD7, _number(1)) + _element(0x73C5, _number(1)) + _element(0x83, _number(1))
    entry += _element(0x86, b"V_VP8") + _element(0xE0, video)
    clusters = [_cluster(_vp8(frame), number * milliseconds) for number, frame in enumerate(frames)]
    info, tracks, tags = _element(0x1549A966, info), _element(0x1654AE6B, _element(0xAE, entry)), _tags(facts)
    # An index lets a player go to any moment; each of its places is counted from the beginning of the segment.
    cues = _cues([0] * len(clusters), milliseconds)
    places, at = [], len(info) + len(tracks) + len(cues) + len(tags)
    for cluster in clusters:
        places.append(at)
        at += len(cluster)
    cues = _cues(places, milliseconds)
    segment = info + tracks + cues + tags + b"".join(clusters)
    return _head() + _element(0x18538067, segment)


def _head() -> bytes:
    content = b"".join(
        _element(kind, _number(value)) for kind, value in ((0x4286, 1), (0x42F7, 1), (0x42F2, 4), (0x42F3, 8))
    )
    content += _element(0x4282, b"webm") + _element(0x4287, _number(2)) + _element(0x4285, _number(2))
    return _element(0x1A45DFA3, content)


def _tags(facts: dict[str, str]) -> bytes:
    if not facts:
        return b""
    tags = b"".join(
        _element(0x67C8, _element(0x45A3, name.upper().encode()) + _element(0x4487, text.encode()))
        for name, text in facts.items()
    )
    return _element(0x1254C367, _element(0x7373, tags))


def _cluster(frame: bytes, at: int) -> bytes:
    block = b"\x81" + struct.pack(">hB", 0, 0x80) + frame  # track 1, moment 0 of the cluster, a key frame
    return _element(0x1F43B675, _element(0xE7, _number(at)) + _element(0xA3, block))


def _cues(places: list[int], milliseconds: int) -> bytes:
    points = [
        _element(0xBB, _element(0xB3, _number(number * milliseconds)) + _element(0xB7, _place(place)))
        for number, place in enumerate(places)
    ]
    return _element(0x1C53BB6B, b"".join(points))


def _place(place: int) -> bytes:
    """Of the same length whatever the place is."""
    return _element(0xF7, _number(1)) + _element(0xF1, struct.pack(">Q", place))


def _vp8(frame: Image.Image) -> bytes:
    """The one frame of a lossy WebP: the chunk “VP8 ” of its RIFF."""
    out = io.BytesIO()
    frame.convert("RGB").save(out, "WEBP", quality=80, method=4)
    content = out.getvalue()
    at = content.index(b"VP8 ", 12)
    size = struct.unpack("<I", content[at + 4 : at + 8])[0]
    return content[at + 8 : at + 8 + size]


def _number(value: int) -> bytes:
    return value.to_bytes(max((value.bit_length() + 7) // 8, 1))


def _element(kind: int, content: bytes) -> bytes:
    return _number(kind) + struct.pack(">Q", (1 << 56) | len(content)) + content
