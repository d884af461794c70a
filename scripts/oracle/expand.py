"""Reference answers for src/images/expand.ts: parts of images enlarged by torch.nn.functional.interpolate, and by autograd the adjoint.

Writes test/fixtures/expand. Run from the repository's root: python3 scripts/oracle/expand.py
"""

import torch
from common import FIXTURES, write_safetensors
from torch.nn import functional as F


def expand(images, factor):
    """The parts of an image row by row, one after the other."""
    height, width = images.shape[2] // factor, images.shape[3] // factor
    parts = [
        image[None, :, row * height : (row + 1) * height, column * width : (column + 1) * width]
        for image in images
        for row in range(factor)
        for column in range(factor)
    ]
    return F.interpolate(torch.cat(parts), size=images.shape[2:], mode="bilinear", align_corners=False)


def main():
    torch.manual_seed(0)
    for name, shape, factor in [("two", (2, 3, 8, 8), 2), ("three", (1, 1, 9, 6), 3), ("pixels", (1, 2, 4, 4), 4)]:
        images = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        expanded = expand(images, factor)
        cotangent = torch.randn_like(expanded)
        (gradient,) = torch.autograd.grad((expanded * cotangent).sum(), images)
        tensors = {"images": images, "expanded": expanded, "cotangent": cotangent, "gradient": gradient}
        write_safetensors(
            FIXTURES / "expand" / f"{name}.safetensors",
            {key: tensor.detach().float() for key, tensor in tensors.items()},
            {"factor": factor},
        )


if __name__ == "__main__":
    main()
