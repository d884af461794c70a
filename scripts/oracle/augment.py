"""Reference answers for src/augment, from the formulas of DSA in PyTorch (float64): forward and, by autograd, the adjoint.

Writes test/fixtures/augment/dsa.json. `inputs`, by shape: `images` and `cotangent`. `cases`: a shape, a drawn augmentation as
the library holds it, `expected` and `gradient` (of <augmented, cotangent>). Arrays are float32 little-endian in base64.
Run from the repository's root: python3 scripts/oracle/augment.py
"""

import base64
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

OUT = pathlib.Path("test/fixtures/augment/dsa.json")


def resample(x, thetas):
    """One 2x2 matrix an image, in normalised coordinates."""
    theta = torch.tensor([[[a, b, 0.0], [c, d, 0.0]] for a, b, c, d in thetas], dtype=x.dtype)
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def color(x, step):
    def per_image(name):
        return torch.tensor(step[name], dtype=x.dtype).view(-1, 1, 1, 1)

    x = x + per_image("brightness")
    grey = x.mean(dim=1, keepdim=True)
    x = (x - grey) * per_image("saturation") + grey
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    return (x - mean) * per_image("contrast") + mean


def crop(x, step):
    h, w = x.shape[2:]
    out = []
    for image, dx, dy in zip(x, step["dx"], step["dy"]):
        padded = F.pad(image, (2 * w, 2 * w, 2 * h, 2 * h))
        out.append(padded[:, 2 * h + dy : 3 * h + dy, 2 * w + dx : 3 * w + dx])
    return torch.stack(out)


def cutout(x, step):
    h, w = x.shape[2:]
    out = []
    for image, cx, cy in zip(x, step["x"], step["y"]):
        columns, rows = torch.arange(w), torch.arange(h)
        left, top = cx - step["holeWidth"] // 2, cy - step["holeHeight"] // 2
        in_columns = (columns >= left) & (columns < left + step["holeWidth"])
        in_rows = (rows >= top) & (rows < top + step["holeHeight"])
        out.append(image * (~(in_rows[:, None] & in_columns[None, :])).to(x.dtype))
    return torch.stack(out)


def flip(x, step):
    return torch.stack([torch.flip(image, dims=[2]) if coin else image for image, coin in zip(x, step["flipped"])])


def scale(x, step):
    return resample(x, [(sx, 0.0, 0.0, sy) for sx, sy in zip(step["x"], step["y"])])


def rotate(x, step):
    angles = [math.radians(d) for d in step["degrees"]]
    return resample(x, [(math.cos(a), -math.sin(a), math.sin(a), math.cos(a)) for a in angles])


OPERATIONS = {"color": color, "crop": crop, "cutout": cutout, "flip": flip, "scale": scale, "rotate": rotate}


def spread(step, count):
    """The parameters of a siamese step, for every image."""
    return {k: v * count if isinstance(v, list) and len(v) == 1 else v for k, v in step.items()}


def encode(array):
    return base64.b64encode(np.asarray(array, dtype="<f4").tobytes()).decode()


def case(name, shape, steps, siamese, inputs):
    images, cotangent = inputs[shape]
    x = torch.tensor(images.astype("<f8"), requires_grad=True)
    y = x
    for step in steps:
        y = OPERATIONS[step["operation"]](y, spread(step, shape[0]))
    (y * torch.tensor(cotangent.astype("<f8"))).sum().backward()
    return {
        "name": name,
        "shape": list(shape),
        "augmentation": {
            "height": shape[2],
            "width": shape[3],
            **({} if siamese else {"count": shape[0]}),
            "steps": steps,
        },
        "expected": encode(y.detach().numpy()),
        "gradient": encode(x.grad.numpy()),
    }


def parameters(h, w):
    """Two values of every parameter; siamese cases take the first."""
    return [
        {"operation": "color", "brightness": [0.31, -0.44], "saturation": [1.7, 0.2], "contrast": [0.6, 1.4]},
        {"operation": "crop", "dx": [1, -1], "dy": [-1, 0]},
        {"operation": "cutout", "holeWidth": round(w / 2), "holeHeight": math.floor(h / 2 + 0.5), "x": [0, w - 2], "y": [h - 1, 3]},
        {"operation": "flip", "flipped": [True, False]},
        {"operation": "scale", "x": [1.17, 0.85], "y": [0.88, 1.05]},
        {"operation": "rotate", "degrees": [13.7, -4.2]},
    ]


def first(step):
    return {k: v[:1] if isinstance(v, list) else v for k, v in step.items()}


def main():
    rng = np.random.RandomState(20230)
    inputs = {}
    for shape in [(2, 3, 8, 8), (2, 1, 7, 9), (1, 2, 7, 9)]:
        images = (rng.standard_normal(shape) + 0.5).astype("<f4")
        inputs[shape] = images, rng.standard_normal(shape).astype("<f4")
    cases = []
    for shape in [(2, 3, 8, 8), (2, 1, 7, 9)]:
        steps = parameters(*shape[2:])
        label = "x".join(map(str, shape))
        for step in steps:
            cases.append(case(f"siamese {step['operation']} of {label}", shape, [first(step)], True, inputs))
            cases.append(case(f"per-image {step['operation']} of {label}", shape, [step], False, inputs))
        cases.append(case(f"all, siamese, of {label}", shape, [first(s) for s in steps], True, inputs))
        cases.append(case(f"all but flip, per image, of {label}", shape, steps[:3] + steps[4:], False, inputs))
    shape = (1, 2, 7, 9)
    far = [
        ("a quarter turn", {"operation": "rotate", "degrees": [90.0]}),
        ("shrinking beyond the border", {"operation": "scale", "x": [2.5], "y": [0.3]}),
        ("a shift beyond the border", {"operation": "crop", "dx": [3], "dy": [-8]}),
        ("a hole over the corner", {"operation": "cutout", "holeWidth": 4, "holeHeight": 4, "x": [9], "y": [7]}),
    ]
    for name, step in far:
        cases.append(case(name, shape, [step], True, inputs))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    arrays = {"x".join(map(str, s)): {"images": encode(i), "cotangent": encode(c)} for s, (i, c) in inputs.items()}
    lines = ",\n".join(json.dumps(c) for c in cases)
    OUT.write_text(f'{{"inputs": {json.dumps(arrays)},\n"cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
