"""Writes test/fixtures/networks/networks.json: every network by PyTorch in float64, from parameters and images that
both sides draw by the same formula.

python3 scripts/oracle/networks.py

A case: `network` (name), `options`, `seed`, `batch`, `count` (parameters at the default width, same other options) and digests of tensors, by name:
`logits` (training mode, before any step), `gradients` (of the mean cross-entropy), `final` (parameters and running statistics after 5
steps of SGD), `evaluated` (logits in evaluation mode then), and `losses`. A digest is [shape, norm, product with a drawn direction, first values].
Of `final`, the digest is that of the change since the start, for parameters.
"""

import json
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from common import FIXTURES, NORMS, relative

LR, MOMENTUM, DECAY, STEPS = 0.01, 0.9, 5e-4, 5


def fnv(text):
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def drawn(name, shape, seed):
    """Uniform in [-0.5, 0.5): a multiplicative hash of the position, the name and the seed."""
    with np.errstate(over="ignore"):
        x = np.arange(math.prod(shape), dtype=np.uint32) * np.uint32(2654435761)
        x += np.uint32(fnv(f"{name}#{seed}"))
        for _ in range(2):
            x ^= x >> np.uint32(16)
            x *= np.uint32(0x45D9F3B)
        x ^= x >> np.uint32(16)
    return torch.from_numpy(x.astype(np.float64) / 2**32 - 0.5).reshape(shape).float()


def parameter(name, shape, seed):
    """Matrices and kernels by fan in; vectors called weight (norms) about 1, other vectors (biases) about 0."""
    value = drawn(name, shape, seed)
    if name in ("pos_embedding", "cls_token"):
        return value
    if len(shape) > 1:
        return value * (3 / math.sqrt(math.prod(shape[1:])))
    return value + 1 if name.endswith("weight") else value * 0.4


def padded(usual, size):
    return usual + 2 if size == 28 else usual


def features(channels, size, plan, norm):
    """nn.Sequential of [convolution, norm, ReLU, max pooling]; plan: (channels, kernel, padding, pool)."""
    modules, side = [], size
    for outputs, kernel, padding, pool in plan:
        modules.append(nn.Conv2d(channels, outputs, kernel, padding=padding))
        side += 2 * padding - kernel + 1
        if norm != "none":
            modules.append(NORMS[norm](outputs, side))
        modules.append(nn.ReLU())
        if pool:
            modules.append(nn.MaxPool2d(2, 2))
            side //= 2
        channels = outputs
    return nn.Sequential(*modules), channels * side * side


class AlexNet(nn.Module):
    def __init__(self, channels, size, classes, norm="none", width=128):
        super().__init__()
        plan = [(width, 5, padded(2, size), True), (width * 3 // 2, 5, 2, True), (width * 2, 3, 1, False),
                (width * 3 // 2, 3, 1, False), (width * 3 // 2, 3, 1, True)]
        self.features, count = features(channels, size, plan, norm)
        self.fc = nn.Linear(count, classes)

    def forward(self, x):
        return self.fc(self.features(x).flatten(1))


class VGG(nn.Module):
    def __init__(self, depths, channels, size, classes, norm="instance", width=64):
        super().__init__()
        plan = []
        for depth, multiple in zip(depths, (1, 2, 4, 8, 8)):
            plan += [(multiple * width, 3, 1, i == depth - 1) for i in range(depth)]
        plan[0] = (plan[0][0], 3, padded(1, size), plan[0][3])
        self.features, count = features(channels, size, plan, norm)
        self.classifier = nn.Linear(count, classes)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class Basic(nn.Module):
    def __init__(self, inputs, outputs, halves, norm, pooled):
        super().__init__()
        stride = 2 if halves and not pooled else 1
        self.pool = halves and pooled
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = NORMS[norm](outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = NORMS[norm](outputs)
        self.shortcut = nn.Sequential()
        if halves:
            convolution = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)
            between = [nn.AvgPool2d(2)] if pooled else []
            self.shortcut = nn.Sequential(convolution, *between, NORMS[norm](outputs))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        if self.pool:
            y = F.avg_pool2d(y, 2)
        return F.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ResNet(nn.Module):
    def __init__(self, depth, pooled, channels, size, classes, norm="instance", width=64):
        super().__init__()
        self.pooled = pooled
        self.conv1 = nn.Conv2d(channels, width, 3, padding=1, bias=False)
        self.bn1 = NORMS[norm](width)
        inputs, side = width, size
        for stage in range(4):
            blocks, outputs = [], width * 2**stage
            for i in range(depth):
                blocks.append(Basic(inputs, outputs, stage > 0 and i == 0, norm, pooled))
                inputs = outputs
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.classifier = nn.Linear(inputs * (side // 8) ** 2 if pooled else inputs, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.classifier(x.flatten(1) if self.pooled else x.mean((2, 3)))


class LeNet(nn.Module):
    def __init__(self, channels, size, classes, width=6):
        super().__init__()
        plan = [(width, 5, padded(0, size), True), (width + 10, 5, 0, True)]
        self.features, count = features(channels, size, plan, "none")
        self.fc_1, self.fc_2, self.fc_3 = nn.Linear(count, 120), nn.Linear(120, 84), nn.Linear(84, classes)

    def forward(self, x):
        return self.fc_3(F.relu(self.fc_2(F.relu(self.fc_1(self.features(x).flatten(1))))))


class MLP(nn.Module):
    def __init__(self, channels, size, classes, width=128):
        super().__init__()
        self.fc_1 = nn.Linear(channels * size * size, width)
        self.fc_2, self.fc_3 = nn.Linear(width, width), nn.Linear(width, classes)

    def forward(self, x):
        return self.fc_3(F.relu(self.fc_2(F.relu(self.fc_1(x.flatten(1))))))


class Attention(nn.Module):
    def __init__(self, width, heads=8):
        super().__init__()
        self.heads = heads
        self.to_qkv = nn.Linear(width, 3 * width, bias=False)
        self.to_out = nn.Sequential(nn.Linear(width, width))

    def forward(self, x):
        n, t, width = x.shape
        q, k, v = (part.view(n, t, self.heads, -1).transpose(1, 2) for part in self.to_qkv(x).chunk(3, dim=-1))
        weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(width // self.heads), dim=-1)
        return self.to_out((weights @ v).transpose(1, 2).reshape(n, t, width))


class Perceptron(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Identity(), nn.Linear(width, width))

    def forward(self, x):
        return self.net(x)


class Normed(nn.Module):
    def __init__(self, width, inner):
        super().__init__()
        self.norm, self.fn = nn.LayerNorm(width), inner

    def forward(self, x):
        return self.fn(self.norm(x))


class Transformer(nn.Module):
    def __init__(self, depth, width):
        super().__init__()
        self.layers = nn.ModuleList([nn.ModuleList([Normed(width, Attention(width)), Normed(width, Perceptron(width))])
                                     for _ in range(depth)])

    def forward(self, x):
        for attention, perceptron in self.layers:
            x = x + attention(x)
            x = x + perceptron(x)
        return x


class ViT(nn.Module):
    def __init__(self, channels, size, classes, width=512, depth=6):
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.randn(1, (size // 4) ** 2 + 1, width))
        self.cls_token = nn.Parameter(torch.randn(1, 1, width))
        self.to_patch_embedding = nn.Sequential(nn.Identity(), nn.Linear(16 * channels, width))
        self.transformer = Transformer(depth, width)
        self.mlp_head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, classes))

    def forward(self, x):
        # Patches row by row; in a patch pixels row by row, channels innermost.
        patches = x.unfold(2, 4, 4).unfold(3, 4, 4).permute(0, 2, 3, 4, 5, 1).flatten(3).flatten(1, 2)
        tokens = torch.cat([self.cls_token.expand(len(x), -1, -1), self.to_patch_embedding(patches)], 1)
        return self.mlp_head(self.transformer(tokens + self.pos_embedding)[:, 0])


BUILDERS = {
    "alexnet": AlexNet,
    "vgg11": lambda **o: VGG((1, 1, 2, 2, 2), **o),
    "vgg13": lambda **o: VGG((2, 2, 2, 2, 2), **o),
    "vgg16": lambda **o: VGG((2, 2, 3, 3, 3), **o),
    "resnet10": lambda **o: ResNet(1, False, **o),
    "resnet18": lambda **o: ResNet(2, False, **o),
    "resnet10ap": lambda **o: ResNet(1, True, **o),
    "resnet18ap": lambda **o: ResNet(2, True, **o),
    "lenet": LeNet,
    "mlp": MLP,
    "vit": ViT,
}


def case(network, size, channels=3, batch=4, first=0, **options):
    return network, dict(channels=channels, size=size, classes=3, **options), batch, first


CASES = [
    case("alexnet", 32, norm="layer", width=4),
    case("alexnet", 32, width=8),
    case("alexnet", 28, 1, norm="instance", width=8),
    case("alexnet", 16, norm="batch", width=8),
    case("alexnet", 64, norm="group", width=8, batch=2),
    case("vgg11", 32, norm="instance", width=4),
    case("vgg11", 28, 1, norm="batch", width=4, batch=8),
    case("vgg11", 64, norm="instance", width=4, batch=2),
    case("vgg13", 32, norm="group", width=4),
    case("vgg16", 32, norm="batch", width=4, batch=8),
    case("resnet10", 16, norm="instance", width=4),
    case("resnet10", 128, norm="batch", width=4, batch=2, first=1),  # at seed 0 an input of a ReLU is 0 but for rounding
    case("resnet18", 32, norm="instance", width=4),
    case("resnet18", 28, 1, norm="batch", width=4),
    case("resnet18", 64, norm="group", width=4, batch=2),
    case("resnet10ap", 16, norm="batch", width=4),
    case("resnet18ap", 32, norm="instance", width=4),
    case("resnet18ap", 28, 1, norm="layer", width=4),
    case("lenet", 28, 1),
    case("lenet", 32),
    case("mlp", 28, 1, width=16),
    case("vit", 28, 1, width=16, depth=2),
    case("vit", 32, width=16),
]


def digest(name, value, seed):
    flat = value.double().flatten()
    direction = drawn(f"direction {name}", flat.shape, seed).double()
    numbers = [float(flat.norm()), float(flat @ direction), *map(float, flat[:3])]
    return [list(value.shape), *(float(f"{number:.9g}") for number in numbers)]


def run(network, data, labels):
    """Everything that is recorded, as tensors."""
    network.train()
    initial = {key: value.clone() for key, value in network.state_dict().items()}
    optimizer = torch.optim.SGD(network.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    losses, logits, gradients = [], None, None
    for _ in range(STEPS):
        output = network(data)
        loss = F.cross_entropy(output, labels)
        optimizer.zero_grad()
        loss.backward()
        if logits is None:
            logits = output.detach()
            gradients = {key: p.grad.clone() for key, p in network.named_parameters()}
        optimizer.step()
        losses.append(float(loss))
    final = {}
    trained = {key for key, _ in network.named_parameters()}
    for key, value in network.state_dict().items():
        if key.endswith("num_batches_tracked"):
            continue
        final[key] = value.detach() - initial[key] if key in trained else value
    network.eval()
    with torch.no_grad():
        evaluated = network(data)
    return logits, gradients, final, evaluated, losses


def build(name, options, seed, dtype):
    network = BUILDERS[name](**options)
    with torch.no_grad():
        for key, p in network.named_parameters():
            p.copy_(parameter(key, p.shape, seed))
    return network.to(dtype)


def attempt(name, options, batch, seed):
    data = 2 * drawn("images", (batch, options["channels"], options["size"], options["size"]), seed)
    labels = torch.arange(batch) % options["classes"]
    exact = run(build(name, options, seed, torch.float64), data.double(), labels)
    single = run(build(name, options, seed, torch.float32), data, labels)
    errors = [relative(single[0], exact[0]), relative(single[3], exact[3])]
    for part in (1, 2):
        # Some gradients are nearly zero (a bias before a norm): against the largest of them.
        largest = max(float(v.norm()) for v in exact[part].values())
        errors += [float((single[part][k].double() - v).norm()) / max(float(v.norm()), 0.01 * largest)
                   for k, v in exact[part].items()]
    logits, gradients, final, evaluated, losses = exact
    record = {
        "network": name, "options": options, "batch": batch, "seed": seed,
        "count": sum(p.numel() for p in BUILDERS[name](**{k: v for k, v in options.items() if k != "width"}).parameters()),
        "logits": digest("logits", logits, seed),
        "gradients": {key: digest(key, value, seed) for key, value in gradients.items()},
        "final": {key: digest(key, value, seed) for key, value in final.items()},
        "evaluated": digest("evaluated", evaluated, seed),
        "losses": [float(f"{loss:.9g}") for loss in losses],
    }
    return max(errors), record


def main():
    torch.set_num_threads(1)
    lines = []
    for name, options, batch, first in CASES:
        # ReLU and max pooling make training sensitive to rounding: take the seed that float32 follows best.
        best = None
        for seed in range(first, 12):
            tried = attempt(name, options, batch, seed)
            best = tried if best is None or tried[0] < best[0] else best
            if best[0] < 2e-5:
                break
        error, record = best
        assert error < 1e-4, (name, options, error)
        print(f"{name:10} {options}: seed {record['seed']}, float32 within {error:.1e}, loss {record['losses'][0]:.3f}"
              f" -> {record['losses'][-1]:.3f}, {record['count']} parameters at full width")
        lines.append("  " + json.dumps(record, separators=(",", ":")))
    path = FIXTURES / "networks" / "networks.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{len(lines)} cases, {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
