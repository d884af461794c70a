"""Writes test/fixtures/training/: networks before and after 20 steps of PyTorch's SGD, in float64.

python3 scripts/oracle/training.py

One safetensors file a case. Tensors: `initial.<name>` and `final.<name>` of parameters and running statistics, `images`
[n, c, h, w] and `labels` [n] (int64) to draw batches from, `batches` [steps, batch] (int64 indices into images),
`losses` [steps] (before each step). Metadata: `config` (JSON: network, lr, momentum, weightDecay, parameters and buffers
by name).
"""

import copy
import json

import torch
from torch.nn import functional as F

from common import FIXTURES, ConvNet, images, randomise_affine, relative, write_safetensors

STEPS, BATCH, IMAGES = 20, 12, 36
LR, MOMENTUM, DECAY = 0.01, 0.9, 5e-4
CASES = [
    ("instance", dict(channels=3, size=16, classes=3, depth=3, width=16, norm="instance")),
    ("batch", dict(channels=3, size=16, classes=3, depth=3, width=16, norm="batch")),
    ("instance-grey32", dict(channels=1, size=32, classes=3, depth=3, width=8, norm="instance")),
    ("batch-swish-max", dict(channels=1, size=16, classes=3, depth=2, width=8, norm="batch", activation="swish",
                             pooling="max")),
]
DEFAULTS = dict(activation="relu", pooling="average")


def train(network, data, labels, batches):
    network.train()
    optimizer = torch.optim.SGD(network.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=DECAY)
    losses = []
    for batch in batches:
        loss = F.cross_entropy(network(data[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    return network, losses


def attempt(options, seed):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = ConvNet(**options)
    randomise_affine(network, generator)
    labels = torch.arange(IMAGES) % options["classes"]
    patterns = images(options["classes"], options["channels"], options["size"], generator)
    data = patterns[labels] * 0.5 + images(IMAGES, options["channels"], options["size"], generator)
    epochs = [torch.randperm(IMAGES, generator=generator) for _ in range(-(-STEPS * BATCH // IMAGES))]
    batches = torch.cat(epochs)[: STEPS * BATCH].view(STEPS, BATCH)
    single, _ = train(copy.deepcopy(network), data, labels, batches)
    exact, losses = train(copy.deepcopy(network).double(), data.double(), labels, batches)
    kept = [key for key in network.state_dict() if not key.endswith("num_batches_tracked")]
    final = exact.state_dict()
    errors = {key: relative(single.state_dict()[key], final[key]) for key in kept}
    tensors = {f"initial.{key}": network.state_dict()[key] for key in kept}
    tensors |= {f"final.{key}": final[key] for key in kept}
    tensors |= {"images": data, "labels": labels, "batches": batches, "losses": torch.tensor(losses).double()}
    config = dict(network=options, lr=LR, momentum=MOMENTUM, weightDecay=DECAY,
                  parameters=[key for key, _ in network.named_parameters()],
                  buffers=[key for key in kept if "running_" in key])
    return max(errors.values()), tensors, config, losses, seed


def main():
    torch.set_num_threads(1)
    for name, options in CASES:
        # ReLU and max pooling make training sensitive to rounding: take the seed that float32 follows best.
        error, tensors, config, losses, seed = min((attempt({**DEFAULTS, **options}, s) for s in range(6)),
                                                   key=lambda result: result[0])
        assert error < 2e-5, (name, error)
        size = write_safetensors(FIXTURES / "training" / f"{name}.safetensors", tensors, {"config": json.dumps(config)})
        print(f"{name:16} seed {seed} float32 within {error:.1e} (worst tensor), loss {losses[0]:.3f} -> "
              f"{losses[-1]:.3f}, {size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
