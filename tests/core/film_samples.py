"""Small films made on the spot: a WebM whose pictures are those of WebP files (both are VP8), and the skeleton of an
MP4."""

import io
import struct

from PIL import Image

from alliance.core import webm


def webp_frame(number: int, size: tuple[int, int] = (64, 36)) -> Image.Image:
    return Image.new("RGB", size, (11 + 20 * number % 240, 61, 145))


def webm_film(frames: int = 3, **facts: str) -> bytes:
    return webm.film([webp_frame(number) for number in range(frames)], milliseconds=500, **facts)


def box(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def mp4_film(seconds: int = 90, told: bytes = b"Canary of Kyiv", brand: bytes = b"isom") -> bytes:
    """Boxes as a camera writes them, one of them with a place; there are no pictures in it."""
    header = struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000)
    track = box(b"trak", box(b"udta", box(b"name", told)))
    moov = box(b"moov", box(b"mvhd", header) + track + box(b"udta", box(b"\xa9xyz", told)))
    return box(b"ftyp", brand + b"\0\0\2\0" + brand) + box(b"mdat", b"pictures") + moov + box(b"uuid", told)


def open_file(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)
