"""Makes test/fixtures/resize: JPEG and PNG files like photographs, their pixels as Pillow decodes them, and those pixels resized.

Each file NAME comes with NAME.npz: `pixels` (decoded, HWC), and `crop<size>` (torchvision's Resize(size), then CenterCrop(size), written
out here). plain.npz holds noise and Image.resize of it to several sizes, as `<width>x<height>`.
Debian: apt install python3-pil python3-numpy; /usr/bin/python3 scripts/oracle/resize.py (made with Pillow 9.4)
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from cropping import crop

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "resize"
rng = np.random.RandomState(7)


def photo(width, height):
    """A sky that shades off, smooth blobs, an edge, grain and a few letters."""
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    image = np.stack([120 + 90 * y, 150 + 60 * x, 230 - 140 * y], -1)
    for _ in range(6):
        cx, cy, r = rng.rand(3) * [x.max(), y.max(), 0.3]
        image += rng.uniform(-120, 120, 3) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (0.02 + r * r))[..., None]
    image[y > 0.7 * y.max() + 0.1 * np.sin(9 * x)] *= 0.45
    picture = Image.fromarray(np.uint8(np.clip(image + rng.normal(0, 6, image.shape), 0, 255)))
    draw = ImageDraw.Draw(picture)
    for _ in range(3):
        draw.text((rng.randint(0, width), rng.randint(0, height)), "DataDAM", fill=tuple(rng.randint(0, 256, 3)))
    return picture


# name, width, height, mode, sizes, options of save. Subsampling: 0 is 4:4:4, 1 is 4:2:2, 2 is 4:2:0.
FILES = [
    ("c420", 72, 54, "RGB", (32, 54), dict(quality=90, subsampling=2)),
    ("c422", 48, 64, "RGB", (32,), dict(quality=90, subsampling=1)),
    ("c444", 64, 40, "RGB", (32, 24), dict(quality=90, subsampling=0)),
    ("odd420", 71, 43, "RGB", (32,), dict(quality=85, subsampling=2)),
    ("odd444", 41, 67, "RGB", (28,), dict(quality=85, subsampling=0)),
    ("progressive420", 80, 56, "RGB", (32,), dict(quality=80, progressive=True, subsampling=2)),
    ("progressive444", 48, 72, "RGB", (32,), dict(quality=80, progressive=True, subsampling=0)),
    ("optimized", 60, 60, "RGB", (32, 45), dict(quality=75, optimize=True)),
    ("coarse", 80, 60, "RGB", (32,), dict(quality=20)),
    ("fine", 44, 33, "RGB", (32,), dict(quality=100, subsampling=0)),
    ("grey", 100, 66, "L", (32, 64), dict(quality=90)),
    ("greyprogressive", 66, 101, "L", (32,), dict(quality=90, progressive=True)),
    ("wide", 150, 15, "RGB", (16,), dict(quality=90)),
    ("tall", 15, 150, "RGB", (10,), dict(quality=90)),
    ("square64", 64, 64, "RGB", (32,), dict(quality=90)),
    ("small", 20, 30, "RGB", (32, 20), dict(quality=90)),
    ("one", 1, 1, "RGB", (8,), dict(quality=90)),
    ("sliver", 3, 90, "RGB", (2, 8), dict(quality=90)),
    ("lossless", 50, 37, "RGB", (32,), None),
    ("losslessgrey", 37, 50, "L", (16,), None),
]

OUT.mkdir(parents=True, exist_ok=True)
for name, width, height, mode, sizes, options in FILES:
    path = OUT / (name + (".png" if options is None else ".jpg"))
    photo(width, height).convert(mode).save(path, **(options or {}))
    picture = Image.open(path)
    arrays = {f"crop{size}": np.asarray(crop(picture, size)) for size in sizes}
    np.savez_compressed(OUT / name, pixels=np.asarray(picture), **arrays)

noise = Image.fromarray(rng.randint(0, 256, (23, 31, 3)).astype("u1"))
sizes = [(31, 23), (31, 7), (9, 23), (10, 10), (1, 1), (62, 46), (40, 11), (5, 60), (30, 22), (32, 24)]
plain = {f"{w}x{h}": np.asarray(noise.resize((w, h), Image.BILINEAR)) for w, h in sizes}
np.savez_compressed(OUT / "plain", pixels=np.asarray(noise), **plain)
print(sum(path.stat().st_size for path in OUT.iterdir()), "bytes")
