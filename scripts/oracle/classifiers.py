"""Writes test/fixtures/classifiers/*.safetensors: what trained networks say of pixels, by PyTorch in float64.

python3 scripts/oracle/classifiers.py

Each has `pixels` (uint8 [n, c, h, w]), `probabilities` (float32 [n, classes]), the network's state_dict as `parameters/NAME`, and where images
are whitened `zca.mean` and `zca.whiten`; as metadata `network` (name and options) and `normalization`, both JSON. Running statistics are
those after steps of SGD in training mode.
"""

import json

import torch
from torch.nn import functional as F

from common import FIXTURES, ConvNet, normalised, pixels, randomise_affine, write_safetensors
from networks import ResNet, ViT

CLASSES, COUNT = 3, 6
NORMALIZATION = {"mean": [0.49, 0.47, 0.44], "std": [0.25, 0.24, 0.27]}

CASES = {
    "instance": (ConvNet, dict(channels=3, size=8, depth=2, width=4, norm="instance"), "convnet", False),
    "batch": (ConvNet, dict(channels=3, size=8, depth=2, width=4, norm="batch"), "convnet", False),
    "whitened": (ConvNet, dict(channels=3, size=8, depth=1, width=4, norm="group", pooling="max"), "convnet", True),
    "residual": (lambda **o: ResNet(1, False, **o), dict(channels=1, size=16, width=4, norm="batch"), "resnet10", False),
    "vit": (ViT, dict(channels=3, size=8, width=8, depth=1), "vit", False),
}


def whitening(rows):
    """`(C + 0.1 I)^(-1/2)` of rows, and their mean."""
    mean = rows.mean(0)
    centred = rows - mean
    covariance = centred.T @ centred / (len(rows) - 1)
    values, vectors = torch.linalg.eigh(covariance + 0.1 * torch.eye(len(covariance), dtype=rows.dtype))
    return mean, vectors @ torch.diag(values.rsqrt()) @ vectors.T


def main():
    for number, (name, (build, options, network, whitened)) in enumerate(CASES.items()):
        generator = torch.Generator().manual_seed(number)
        torch.manual_seed(number)
        labels = torch.arange(COUNT) % CLASSES
        shape = options["channels"], options["size"]
        images = pixels(COUNT, *shape, labels, generator)
        normalization = {key: values[: shape[0]] for key, values in NORMALIZATION.items()}
        tensors = {"pixels": images}
        seen = normalised(images, normalization)
        if whitened:
            mean, whiten = whitening(normalised(pixels(64, *shape, torch.arange(64) % CLASSES, generator), normalization).flatten(1))
            mean, whiten = mean.float(), whiten.float()
            tensors.update({"zca.mean": mean, "zca.whiten": whiten})
            seen = ((seen.flatten(1) - mean.double()) @ whiten.double()).view_as(seen)
        net = build(classes=CLASSES, **options)
        randomise_affine(net, generator)
        net.double()
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for _ in range(20):
            optimizer.zero_grad()
            F.cross_entropy(net(seen), labels).backward()
            optimizer.step()
        # What is stored is what is run.
        net.float().double().eval()
        with torch.no_grad():
            tensors["probabilities"] = torch.softmax(net(seen), 1)
        state = {f"parameters/{key}": value for key, value in net.state_dict().items() if value.is_floating_point()}
        metadata = {
            "network": json.dumps({"name": network, "classes": CLASSES, **options}),
            "normalization": json.dumps(normalization),
        }
        size = write_safetensors(FIXTURES / "classifiers" / f"{name}.safetensors", {**tensors, **state}, metadata)
        print(f"{name}: {size / 1e3:.0f} kB, largest {tensors['probabilities'].max(1).values.tolist()}")


if __name__ == "__main__":
    main()
