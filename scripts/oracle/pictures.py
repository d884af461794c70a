"""Small pictures of formats beside PNG, JPEG and WebP, with the RGB bytes that Pillow reads from them.

Writes test/fixtures/pictures: the pictures, and pixels.json (base64 of rows of RGB by the picture's name). What Pillow does
not write is written by hand. Run from the repository's root: python3 scripts/oracle/pictures.py
"""

import base64
import io
import json
import pathlib
import struct

import numpy as np
from PIL import Image

OUT = pathlib.Path("test/fixtures/pictures")
OUT.mkdir(exist_ok=True)
rng = np.random.RandomState(0)
rgb = rng.randint(0, 256, (7, 10, 3)).astype(np.uint8)
grey = rng.randint(0, 256, (7, 10)).astype(np.uint8)
bits = rng.randint(0, 2, (7, 10)).astype(np.uint8)
colours = Image.fromarray(rgb).quantize(16)
pixels = {}


def keep(name, data, expected=None):
    (OUT / name).write_bytes(data)
    image = Image.open(io.BytesIO(data)) if expected is None else None
    values = np.asarray(image.convert("RGB")) if expected is None else np.asarray(expected, np.uint8)
    pixels[name] = base64.b64encode(values.tobytes()).decode()


def written(image, **options):
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def bmp(bits_per_pixel, rows, palette=b"", compression=0, masks=b"", height=7, size=40):
    """A bitmap of 10 x 7 whose rows are given as they lie in the file."""
    start = 14 + size + len(masks) + len(palette)
    file = struct.pack("<2sIHHI", b"BM", start + len(rows), 0, 0, start)
    if size == 12:
        return file + struct.pack("<IHHHH", 12, 10, height, 1, bits_per_pixel) + palette + rows
    info = struct.pack("<IiiHHIIiiII", size, 10, height, 1, bits_per_pixel, compression, len(rows), 0, 0, len(palette) // 4, 0)
    return file + info + masks + palette + rows


table = np.frombuffer(bytes(colours.getpalette()[:48]), np.uint8).reshape(16, 3)
indices = np.asarray(colours)
palette4 = b"".join(bytes([b, g, r, 0]) for r, g, b in table)
palette3 = b"".join(bytes([b, g, r]) for r, g, b in table)
padded = lambda row: bytes(row) + bytes(-len(row) % 4)

for name, image in {"rgb": Image.fromarray(rgb), "grey": Image.fromarray(grey), "bits": Image.fromarray(bits * 255).convert("1"), "palette": colours}.items():
    keep(f"{name}.bmp", written(image, format="BMP"))
    keep(f"{name}.tif", written(image, format="TIFF"))
    keep(f"{name}.gif", written(image, format="GIF"))
keep("lzw.tiff", written(Image.fromarray(rgb), format="TIFF", compression="tiff_lzw"))
keep("jpeg.jfif", written(Image.new("RGB", (10, 7), (200, 100, 50)), format="JPEG", quality=95))
keep("rgb32.bmp", bmp(32, np.dstack([rgb[::-1, :, ::-1], np.full((7, 10, 1), 9, np.uint8)]).tobytes()))
keep("topdown.bmp", bmp(24, b"".join(padded(row[:, ::-1].tobytes()) for row in rgb), height=-7))
keep("core.bmp", bmp(4, b"".join(padded([a << 4 | b for a, b in zip(row[::2], row[1::2])]) for row in indices[::-1]), palette3, size=12), table[indices])
keep("nibbles.bmp", bmp(4, b"".join(padded([a << 4 | b for a, b in zip(row[::2], row[1::2])]) for row in indices[::-1]), palette4))
five = (rgb >> 3).astype(np.uint16)
packed = (five[..., 0] << 10) | (five[..., 1] << 5) | five[..., 2]
keep("sixteen.bmp", bmp(16, packed[::-1].astype("<u2").tobytes()))
six = (rgb[..., 0] >> 3).astype(np.uint16) << 11 | (rgb[..., 1] >> 2).astype(np.uint16) << 5 | (rgb[..., 2] >> 3)
keep("fields.bmp", bmp(16, six[::-1].astype("<u2").tobytes(), compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F)))
# RLE8: a run, then bytes as they are, of odd and even length, a jump, ends of rows; what is left out is colour 0.
rle = b""
expected = np.zeros((7, 10), int)
for i, row in enumerate(indices[::-1]):
    run, rest = 3, 10 - 3 - i % 2
    expected[6 - i, :3] = row[0]
    expected[6 - i, 3 : 3 + rest] = row[3 : 3 + rest]
    rle += bytes([run, row[0], 0, rest, *row[3 : 3 + rest]]) + (b"\0" if rest % 2 else b"") + b"\0\0"
keep("runs.bmp", bmp(8, rle + b"\0\1", palette4, compression=1), table[expected])

text = lambda values: " ".join(map(str, values.ravel())).encode()
keep("plain.ppm", b"P3\n# made by hand\n10 7\n255\n" + text(rgb))
keep("plain.pgm", b"P2 10 7 15\n" + text(grey >> 4))
keep("plain.pbm", b"P1\n10 7\n" + "".join(map(str, bits.ravel())).encode())
keep("raw.ppm", b"P6 10 #w h\n7\n255\n" + rgb.tobytes())
keep("raw.pgm", b"P5\n10 7\n100\n" + (grey % 101).astype(np.uint8).tobytes())
keep("raw.pbm", b"P4\n10 7\n" + np.packbits(bits, axis=1).tobytes())
deep = rng.randint(0, 65536, (7, 10, 3)).astype(">u2")
keep("deep.ppm", b"P6\n10 7\n65535\n" + deep.tobytes())
(OUT / "pixels.json").write_text(json.dumps(pixels, indent=1, sort_keys=True) + "\n")
