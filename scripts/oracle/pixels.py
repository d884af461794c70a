"""Reference answers for augmentations of bytes, from torchvision 0.12's documented formulas in PyTorch (float32, uint8 in and out).

Equalize, posterize, solarize and invert are held against Pillow as well. Writes test/fixtures/augment/pixels.json. `inputs`:
uint8 images in base64 by shape. `cases`: a shape, a step as the library holds it, `expected`. `strengths`: what an operation's
strength of a number of bins is. `space`: normalised floats and the bytes they are.
Run from the repository's root: python3 scripts/oracle/pixels.py
"""

import base64
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageOps

OUT = pathlib.Path("test/fixtures/augment/pixels.json")


def blend(image, other, factor):
    return (factor * image + (1.0 - factor) * other).clamp(0, 255).to(torch.uint8)


def grey(image):
    r, g, b = image.unbind(-3)
    return (0.2989 * r + 0.587 * g + 0.114 * b).to(torch.uint8).unsqueeze(-3)


def contrast(image, factor):
    own = grey(image) if image.shape[-3] == 3 else image
    return blend(image, own.to(torch.float32).mean(dim=(-3, -2, -1), keepdim=True), factor)


def sharpness(image, factor):
    channels = image.shape[-3]
    kernel = torch.ones(3, 3)
    kernel[1, 1] = 5.0
    kernel = (kernel / kernel.sum()).expand(channels, 1, 3, 3)
    smooth = image.clone()
    inner = F.conv2d(image.to(torch.float32), kernel, groups=channels)
    smooth[..., 1:-1, 1:-1] = inner.round().to(torch.uint8)
    return blend(image, smooth, factor)


def linear(image, matrix):
    """Pixels of the middle-centred grid, normalised for grid_sample."""
    height, width = image.shape[-2:]
    xs = torch.linspace(-width * 0.5 + 0.5, width * 0.5 - 0.5, width)
    ys = torch.linspace(-height * 0.5 + 0.5, height * 0.5 - 0.5, height)
    places = torch.stack([xs.expand(height, width), ys[:, None].expand(height, width)], -1).view(-1, 2)
    theta = torch.tensor(matrix).view(2, 2).t() / torch.tensor([0.5 * width, 0.5 * height])
    grid = (places @ theta).view(1, height, width, 2).expand(image.shape[0], -1, -1, -1)
    out = F.grid_sample(image.to(torch.float32), grid, mode="nearest", padding_mode="zeros", align_corners=False)
    return out.round().to(torch.uint8)


def autocontrast(image):
    low = image.amin(dim=(-2, -1), keepdim=True).to(torch.float32)
    high = image.amax(dim=(-2, -1), keepdim=True).to(torch.float32)
    flat = low == high
    low[flat], high[flat] = 0, 255
    return ((image - low) * (255 / (high - low))).clamp(0, 255).to(torch.uint8)


def equalize(image):
    def channel(values):
        histogram = torch.bincount(values.reshape(-1).to(torch.int64), minlength=256)
        step = int(histogram[histogram != 0][:-1].sum()) // 255
        if step == 0:
            return values
        table = (torch.cumsum(histogram, 0) + step // 2) // step
        return F.pad(table, [1, 0])[:-1].clamp(0, 255)[values.to(torch.int64)].to(torch.uint8)

    planes = image.reshape(-1, *image.shape[-2:])
    return torch.stack([channel(plane) for plane in planes]).view(image.shape)


def hue(image, part):
    x = image.to(torch.float32) / 255.0
    r, g, b = x.unbind(-3)
    high, low = x.amax(-3), x.amin(-3)
    same = high == low
    one = torch.ones(())
    saturation = (high - low) / torch.where(same, one, high)
    span = torch.where(same, one, high - low)
    rc, gc, bc = (high - r) / span, (high - g) / span, (high - b) / span
    h = (high == r) * (bc - gc)
    h = h + ((high == g) & (high != r)) * (2.0 + rc - bc)
    h = h + ((high != g) & (high != r)) * (4.0 + gc - rc)
    h = (torch.fmod(h / 6.0 + 1.0, 1.0) + part) % 1.0
    sector = torch.floor(h * 6.0)
    rest = h * 6.0 - sector
    p = (high * (1.0 - saturation)).clamp(0, 1)
    q = (high * (1.0 - saturation * rest)).clamp(0, 1)
    t = (high * (1.0 - saturation * (1.0 - rest))).clamp(0, 1)
    sector = sector.to(torch.int64) % 6
    reds, greens, blues = (high, q, p, p, t, high), (t, high, high, q, p, p), (p, p, t, high, high, q)
    out = [torch.stack(one).gather(0, sector.unsqueeze(0))[0] for one in (reds, greens, blues)]
    return (torch.stack(out, -3) * 255.0).to(torch.uint8)


def apply(image, step):
    name = step["operation"]
    height, width = image.shape[-2:]
    if name == "shift":
        padded = F.pad(image, (width, width, height, height))
        top, left = height + step["dy"], width + step["dx"]
        return padded[..., top : top + height, left : left + width]
    if name == "mirror":
        return image.flip(-1)
    if name == "shear":
        slope = step["slope"]
        return linear(image, [1.0, slope, 0.0, 1.0] if step["axis"] == "x" else [1.0, 0.0, slope, 1.0])
    if name == "turn":
        angle = math.radians(step["degrees"])
        return linear(image, [math.cos(angle), -math.sin(angle), math.sin(angle), math.cos(angle)])
    if name == "brightness":
        return blend(image, torch.zeros_like(image), step["factor"])
    if name == "saturation":
        return blend(image, grey(image), step["factor"]) if image.shape[-3] == 3 else image
    if name == "contrast":
        return contrast(image, step["factor"])
    if name == "sharpness":
        return sharpness(image, step["factor"])
    if name == "hue":
        return hue(image, step["part"]) if image.shape[-3] == 3 else image
    if name == "posterize":
        return image & (256 - 2 ** (8 - step["bits"]))
    if name == "solarize":
        return torch.where(image >= step["threshold"], 255 - image, image)
    return {"autocontrast": autocontrast, "equalize": equalize, "invert": lambda x: 255 - x}[name](image)


def against_pillow(image):
    """Of one image of three channels."""
    picture = Image.fromarray(image[0].permute(1, 2, 0).numpy())
    for step, theirs in [
        ({"operation": "equalize"}, ImageOps.equalize(picture)),
        ({"operation": "invert"}, ImageOps.invert(picture)),
        ({"operation": "posterize", "bits": 5}, ImageOps.posterize(picture, 5)),
        ({"operation": "solarize", "threshold": 142}, ImageOps.solarize(picture, 142)),
    ]:
        ours = apply(image, step)[0].permute(1, 2, 0).numpy()
        assert (ours == np.asarray(theirs)).all(), step


def picture(shape, seed):
    """Smooth waves and noise, of which the channels have parts of the range."""
    rng = np.random.default_rng(seed)
    n, c, h, w = shape
    y, x = np.mgrid[0:h, 0:w]
    out = np.empty(shape)
    for i in range(n):
        for j in range(c):
            wave = np.sin(x / (2.0 + j) + i) * np.cos(y / (3.0 + i) - j)
            out[i, j] = 90 + 40 * j + (50 - 9 * j) * wave + rng.normal(0, 14, (h, w))
    return torch.from_numpy(np.clip(out, 0, 255).astype(np.uint8))


STEPS = [
    {"operation": "shift", "dx": 3, "dy": -2},
    {"operation": "mirror"},
    {"operation": "shear", "axis": "x", "slope": math.tan(0.3)},
    {"operation": "shear", "axis": "y", "slope": math.tan(-0.2333)},
    {"operation": "turn", "degrees": 30.0},
    {"operation": "turn", "degrees": -6.666666507720947},
    *({"operation": name, "factor": 1 + sign * 0.699999988079071}
      for name in ("brightness", "saturation", "contrast", "sharpness") for sign in (-1, 1)),
    {"operation": "hue", "part": 0.1873},
    {"operation": "hue", "part": -0.2},
    {"operation": "posterize", "bits": 5},
    {"operation": "solarize", "threshold": 113.33333587646484},
    {"operation": "autocontrast"},
    {"operation": "equalize"},
    {"operation": "invert"},
]
PLAIN = {"mirror", "invert", "posterize", "solarize"}


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def strengths():
    spaces = {
        "shear": lambda bins, size: torch.linspace(0.0, 0.3, bins),
        "translate": lambda bins, size: torch.linspace(0.0, 150.0 / 331.0 * size, bins),
        "turn": lambda bins, size: torch.linspace(0.0, 30.0, bins),
        "factor": lambda bins, size: torch.linspace(0.0, 0.9, bins),
        "posterize": lambda bins, size: 8 - (torch.arange(bins) / ((bins - 1) / 4)).round().int(),
        "solarize": lambda bins, size: torch.linspace(255.0, 0.0, bins),
    }
    return {
        str(bins): {name: space(bins, 32).tolist() for name, space in spaces.items()} for bins in (10, 31)
    }


def main():
    inputs = {(1, 3, 20, 18): picture((1, 3, 20, 18), 0), (2, 3, 8, 7): picture((2, 3, 8, 7), 1),
              (1, 1, 20, 18): picture((1, 1, 20, 18), 2)}
    against_pillow(inputs[(1, 3, 20, 18)])
    cases = [
        {"shape": shape, "step": step, "expected": encode(apply(image, step).numpy())}
        for shape, image in inputs.items()
        for step in STEPS
        if shape == (1, 3, 20, 18) or step["operation"] not in PLAIN
    ]
    mean, std = torch.tensor([0.4914, 0.4822, 0.4465]), torch.tensor([0.2023, 0.1994, 0.2010])
    floats = torch.randn(1, 3, 6, 6, generator=torch.Generator().manual_seed(3)) * 1.5
    pixels = ((floats * std.view(3, 1, 1) + mean.view(3, 1, 1)).clamp(0, 1) * 255).to(torch.uint8)
    back = (pixels / 255.0 - mean.view(3, 1, 1)) / std.view(3, 1, 1)
    space = {"mean": [0.4914, 0.4822, 0.4465], "std": [0.2023, 0.1994, 0.2010], "floats": encode(floats.numpy()),
             "bytes": encode(pixels.numpy()), "back": encode(back.numpy())}
    fixture = {"inputs": {"x".join(map(str, shape)): encode(image.numpy()) for shape, image in inputs.items()},
               "cases": cases, "strengths": strengths(), "space": space}
    OUT.write_text(json.dumps(fixture, indent=1) + "\n")


if __name__ == "__main__":
    main()
