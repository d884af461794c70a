"""Makes test/fixtures/inks: JPEGs of four inks, and what Pillow's convert("RGB") makes of them.

Each NAME.jpg comes with NAME in pixels.npz (HWC), and with crop16-NAME: torchvision's Resize(16), then CenterCrop(16).
Files are CMYK (Adobe's marker with transform 0), YCCK (transform 2, and 1, which means nothing), and CMYK without the marker; baseline and progressive,
with and without subsampling; one with a colour profile, which Pillow leaves out, and one that is to be turned.
Debian: apt install python3-pil python3-numpy; /usr/bin/python3 scripts/oracle/inks.py (made with Pillow 9.4)
"""

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

from cropping import crop

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "inks"
rng = np.random.RandomState(11)


def segments(data):
    at = 2
    while True:
        size = 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        yield data[at + 1], at, size
        if data[at + 1] == 0xDA:
            return
        at += size


def adobe(data):
    return next((at, size) for marker, at, size in segments(data) if marker == 0xEE)


def transform(number):
    def change(data):
        at, size = adobe(data)
        return data[: at + size - 1] + bytes([number]) + data[at + size :]

    return change


ycck = transform(2)


def unmarked(data):
    at, size = adobe(data)
    return data[:at] + data[at + size :]


y, x = np.mgrid[0:24, 0:32]
planes = np.stack([x * 8, y * 10, 255 - (x + y) * 4, np.abs(x - 16) * 15], -1) + rng.normal(0, 9, (24, 32, 4))
picture = Image.fromarray(np.uint8(np.clip(planes, 0, 255)), "CMYK")
turned = Image.Exif()
turned[0x112] = 6
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
same = lambda data: data
FILES = {
    "cmyk": (same, dict(subsampling=0)),
    "cmyk420": (same, dict(subsampling=2)),
    "cmykprogressive": (same, dict(subsampling=0, progressive=True)),
    "ycck": (ycck, dict(subsampling=0)),
    "ycck422": (ycck, dict(subsampling=1)),
    "ycckprogressive": (ycck, dict(subsampling=2, progressive=True)),
    "unknown": (transform(1), dict(subsampling=0)),
    "unmarked": (unmarked, dict(subsampling=0)),
    "profile": (same, dict(subsampling=0, icc_profile=profile)),
    "turned": (same, dict(subsampling=0, exif=turned.tobytes())),
}
OUT.mkdir(parents=True, exist_ok=True)
arrays = {}
for name, (change, options) in FILES.items():
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=92, **options)
    data = change(stream.getvalue())
    (OUT / f"{name}.jpg").write_bytes(data)
    rgb = ImageOps.exif_transpose(Image.open(io.BytesIO(data)).convert("RGB"))
    arrays[name] = np.asarray(rgb)
    arrays[f"crop16-{name}"] = np.asarray(crop(rgb, 16))
np.savez_compressed(OUT / "pixels", **arrays)
print(sum(path.stat().st_size for path in OUT.iterdir()), "bytes")
