"""Makes test/fixtures/data: small image files in many encodings, and their pixels as Pillow sees them. python3 scripts/oracle/images.py"""
import os
import numpy as np
from PIL import Image

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "fixtures", "data")
os.makedirs(OUT, exist_ok=True)
rng = np.random.RandomState(1)
rgb = rng.randint(0, 256, (8, 8, 3)).astype("u1")
grey = rng.randint(0, 256, (8, 8)).astype("u1")
save = lambda image, name, **options: image.save(os.path.join(OUT, name), **options)
save(Image.fromarray(rgb), "rgb.png")
save(Image.fromarray(grey), "grey.png")
save(Image.fromarray(grey.astype("u2") * 257), "grey16.png")
palette = Image.fromarray(rgb).quantize(16)
save(palette, "palette.png")
save(Image.fromarray(np.dstack([rgb, np.full((8, 8), 255, "u1")])), "opaque.png")
save(Image.fromarray(np.dstack([rgb, np.zeros((8, 8), "u1")])), "transparent.png")
save(Image.fromarray(rgb), "lossless.webp", lossless=True)
save(Image.fromarray(np.full((8, 8, 3), (200, 100, 50), "u1")), "flat.jpg", quality=95)
save(Image.fromarray(np.full((8, 8), 77, "u1")), "flatgrey.jpg", quality=95)
np.save(os.path.join(OUT, "rgb.npy"), rgb)
np.save(os.path.join(OUT, "grey.npy"), grey)
np.save(os.path.join(OUT, "palette.npy"), np.asarray(palette.convert("RGB")))
np.save(os.path.join(OUT, "luma.npy"), np.asarray(Image.fromarray(rgb).convert("L")))
