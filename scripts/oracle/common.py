"""What the oracles share: the family's ConvNet, the matching loss from its equations, and a safetensors writer.

Needs PyTorch (any version from 1.10) and NumPy only. Debian: apt install python3-torch.
"""

import json
import struct
import subprocess
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "test" / "fixtures"


class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


ACTIVATIONS = {
    "relu": lambda: nn.ReLU(inplace=True),  # as the family's code: the map after it takes no memory of its own
    "leaky_relu": lambda: nn.LeakyReLU(0.01),
    "sigmoid": nn.Sigmoid,
    "swish": Swish,
}
NORMS = {
    "none": lambda width, side=None: None,
    "instance": lambda width, side=None: nn.GroupNorm(width, width),
    "group": lambda width, side=None: nn.GroupNorm(4, width),
    # Over [c, h, w] with weights for each element, as the family's ConvNet; by channel where no side is given.
    "layer": lambda width, side=None: nn.LayerNorm([width, side, side]) if side else nn.GroupNorm(1, width),
    "batch": lambda width, side=None: nn.BatchNorm2d(width),
}
POOLINGS = {
    "none": lambda: None,
    "average": lambda: nn.AvgPool2d(2, 2),
    "max": lambda: nn.MaxPool2d(2, 2),
}


class ConvNet(nn.Module):
    """depth x [3x3 convolution, norm, activation, pooling], then a linear classifier."""

    def __init__(self, channels, size, classes, depth=3, width=128, norm="instance", activation="relu",
                 pooling="average"):
        super().__init__()
        modules, self.activations, self.preactivations = [], [], []
        side = size
        for block in range(depth):
            padding = 3 if block == 0 and size == 28 else 1
            side += 2 * padding - 2
            modules.append(nn.Conv2d(channels if block == 0 else width, width, 3, padding=padding))
            if norm != "none":
                modules.append(NORMS[norm](width, side))
            self.preactivations.append(len(modules) - 1)
            modules.append(ACTIVATIONS[activation]())
            self.activations.append(len(modules) - 1)
            if pooling != "none":
                modules.append(POOLINGS[pooling]())
                side //= 2
        self.features = nn.Sequential(*modules)
        self.classifier = nn.Linear(width * side * side, classes)

    def maps(self, x, margins=None):
        """Activation maps of every block (before pooling) and the flattened last feature. Appends to `margins` how
        near to 0 the input of each activation comes."""
        activations = []
        for index, module in enumerate(self.features):
            x = module(x)
            if margins is not None and index in self.preactivations:
                margins.append(float(x.detach().abs().min()))
            if index in self.activations:
                activations.append(x)
        return activations, x.flatten(1)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


def attention(feature, power):
    """[b, c, h, w] -> [b, h*w]: sum over channels of |f|^p, each row of unit L2 norm."""
    return F.normalize(feature.abs().pow(power).sum(1).flatten(1), dim=1, eps=1e-12)


def class_means(rows, classes):
    """[classes * n, d] in class order -> [classes, d]."""
    return rows.view(classes, -1, rows.shape[1]).mean(1)


def matching_loss(network, real, synthetic, classes, power, lam, scale):
    """The DataDAM objective: (loss, squared distances a layer, squared distance of features, distance of the
    nearest pre-activation to 0). Batch statistics, where the norm takes them, are over all classes together, real and
    synthetic apart."""
    network.train()
    with torch.no_grad():
        real_maps, real_features = network.maps(real)
    margins = []
    maps, features = network.maps(synthetic, margins)
    layers = [
        (class_means(attention(r, power), classes) - class_means(attention(s, power), classes)).pow(2).sum()
        for r, s in zip(real_maps[:-1], maps[:-1])
    ]
    last = (class_means(real_features, classes) - class_means(features, classes)).pow(2).sum()
    return scale * (sum(layers) + lam * last), layers, last, min(margins)


def randomise_affine(network, generator):
    """Norm layers away from weight 1 and bias 0, where they would hide mistakes."""
    for module in network.modules():
        if isinstance(module, (nn.GroupNorm, nn.LayerNorm, nn.BatchNorm2d)):
            with torch.no_grad():
                module.weight.copy_(torch.rand(module.weight.shape, generator=generator) + 0.5)
                module.bias.copy_(torch.rand(module.bias.shape, generator=generator) - 0.4)


def images(count, channels, size, generator):
    """Smooth colour patterns plus noise, about zero mean and unit variance."""
    coarse = torch.randn(count, channels, 4, 4, generator=generator)
    smooth = F.interpolate(coarse, size=(size, size), mode="bilinear", align_corners=False)
    return smooth + 0.4 * torch.randn(count, channels, size, size, generator=generator)


def example(options, classes, counts, seed):
    """A ConvNet, its parameters as they were drawn, and as many real and synthetic images of each class as `counts` say.

    The generator comes first, for what is drawn after them.
    """
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    net = ConvNet(**options)
    randomise_affine(net, generator)
    shape = options["channels"], options["size"]
    real, synthetic = (images(classes * n, *shape, generator) for n in counts)
    parameters = {key: value.detach().clone() for key, value in net.named_parameters()}
    net.requires_grad_(False)
    return generator, net, parameters, real, synthetic


def pixels(count, channels, size, labels, generator):
    """uint8 images [count, channels, size, size]: smooth colour patterns, one of them shared by a class, plus noise."""
    shared = images(int(labels.max()) + 1, channels, size, generator)
    mixed = 0.6 * shared[labels] + images(count, channels, size, generator)
    return (255 * torch.sigmoid(mixed)).round().to(torch.uint8)


def normalised(bytes_, normalization):
    """(pixel / 255 - mean) / std of each channel, in float64."""
    mean, std = (torch.tensor(normalization[key], dtype=torch.float64).view(1, -1, 1, 1) for key in ("mean", "std"))
    return (bytes_.double() / 255 - mean) / std


def draws(requests):
    """What the library draws for each request: see draws.mjs."""
    script = Path(__file__).with_name("draws.mjs")
    run = subprocess.run(["node", str(script)], input=json.dumps(requests), capture_output=True, text=True, cwd=ROOT)
    if run.returncode != 0:
        raise RuntimeError(f"draws.mjs failed (npm run build?):\n{run.stderr}")
    return json.loads(run.stdout)


def load_parameters(network, parameters):
    """Sets a network's parameters; every one must be given, and nothing else."""
    named = dict(network.named_parameters())
    assert named.keys() == parameters.keys(), (named.keys(), parameters.keys())
    with torch.no_grad():
        for name, array in parameters.items():
            named[name].copy_(torch.tensor(array["data"], dtype=torch.float64).view(array["shape"]))
    return network


DTYPES = {"float32": "F32", "float64": "F64", "int64": "I64", "uint8": "U8"}


def write_safetensors(path, tensors, metadata=None):
    """Little-endian u64 header length, JSON header (padded to 8), then the arrays one after another."""
    header, blobs, offset = {}, [], 0
    if metadata:
        header["__metadata__"] = {key: str(value) for key, value in metadata.items()}
    for name, value in tensors.items():
        array = value.detach().cpu().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
        shape = list(array.shape)
        array = np.ascontiguousarray(array)
        if array.dtype == np.float64:
            array = array.astype(np.float32)
        blob = array.astype(array.dtype.newbyteorder("<")).tobytes()
        header[name] = {"dtype": DTYPES[array.dtype.name], "shape": shape,
                        "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))
    return path.stat().st_size


def relative(a, b):
    """Norm of the difference over the norm of b."""
    a, b = a.double().flatten(), b.double().flatten()
    return float((a - b).norm() / b.norm().clamp_min(1e-300))
