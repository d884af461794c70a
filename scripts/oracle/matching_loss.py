"""Writes test/fixtures/matching/: the matching loss and its image gradient by PyTorch autograd in float64.

python3 scripts/oracle/matching_loss.py

One safetensors file a case. Tensors: `parameters.<state_dict name>`, `real`, `synthetic`, `gradient`. Metadata:
`config` (JSON: network, classes, power, lambda, scale) and `expected` (JSON: loss, attention, features in float64).
Seeds are searched for cases whose ReLU inputs stay clear of 0, where rounding would decide the gradient's mask.
"""

import json

import torch

from common import FIXTURES, ConvNet, images, matching_loss, randomise_affine, relative, write_safetensors

# name, network, images a class (real, synthetic), power, lambda, scale; affine: norm layers drawn at random
CASES = [
    ("instance-p1-rgb32-ipc1", dict(channels=3, size=32, classes=3, width=8), (4, 1), 1, 0.01, 100, True),
    ("instance-p4-rgb32-ipc2", dict(channels=3, size=32, classes=2, width=16), (4, 2), 4, 0.01, 100, False),
    ("instance-p2-grey28-ipc3", dict(channels=1, size=28, classes=3, width=8), (4, 3), 2, 0.01, 100, True),
    ("instance-p4-grey28-ipc10", dict(channels=1, size=28, classes=2, width=8), (8, 10), 4, 0.02, 1, True),
    ("instance-p4-rgb64-depth4", dict(channels=3, size=64, classes=2, depth=4, width=8), (2, 1), 4, 0.02, 100, True),
    ("instance-p4-grey28-width32", dict(channels=1, size=28, classes=2, width=32), (4, 1), 4, 0.01, 100, False),
    ("instance-p1-two32-depth4", dict(channels=2, size=32, classes=2, depth=4, width=8), (4, 2), 1, 0, 100, True),
    ("instance-p3-rgb20-depth2", dict(channels=3, size=20, classes=2, depth=2, width=8), (5, 2), 3, 0.5, 10, True),
    ("instance-p2-grey20-odd", dict(channels=1, size=20, classes=4, width=8), (4, 1), 2, 0.01, 100, True),
    ("batch-p1-rgb32-ipc1", dict(channels=3, size=32, classes=4, width=8, norm="batch"), (4, 1), 1, 0.01, 100, True),
    ("batch-p4-rgb32-ipc2", dict(channels=3, size=32, classes=2, width=16, norm="batch"), (4, 2), 4, 0.01, 100, False),
    ("batch-p2-grey28-ipc5", dict(channels=1, size=28, classes=2, width=8, norm="batch"), (4, 5), 2, 0.01, 100, True),
    ("batch-p1-two64-depth4", dict(channels=2, size=64, classes=2, depth=4, width=8, norm="batch"), (2, 1), 1, 0.02,
     100, True),
    ("batch-p4-grey32-depth4-ipc4", dict(channels=1, size=32, classes=3, depth=4, width=8, norm="batch"), (4, 4), 4,
     0.01, 100, True),
    ("group-p4-rgb32", dict(channels=3, size=32, classes=2, width=8, norm="group"), (4, 2), 4, 0.01, 100, True),
    ("layer-p2-grey28", dict(channels=1, size=28, classes=3, width=8, norm="layer"), (4, 2), 2, 0.01, 100, True),
    ("none-p1-grey32", dict(channels=1, size=32, classes=2, width=8, norm="none"), (4, 2), 1, 0.01, 100, True),
    ("instance-leaky-max", dict(channels=1, size=28, classes=2, width=8, activation="leaky_relu", pooling="max"),
     (4, 2), 4, 0.01, 100, True),
    ("batch-swish", dict(channels=3, size=20, classes=2, width=8, norm="batch", activation="swish"), (4, 2), 2, 0.01,
     100, True),
    ("instance-sigmoid-unpooled", dict(channels=1, size=16, classes=2, width=8, activation="sigmoid", pooling="none"),
     (4, 2), 4, 0.01, 100, True),
]
DEFAULTS = dict(depth=3, width=128, norm="instance", activation="relu", pooling="average")


def attempt(case, seed):
    name, network, (batch_real, ipc), power, lam, scale, affine = case
    options = {**DEFAULTS, **network}
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    net = ConvNet(**options)
    if affine:
        randomise_affine(net, generator)
    shape = options["channels"], options["size"]
    classes = options["classes"]
    real = images(classes * batch_real, *shape, generator)
    synthetic = images(classes * ipc, *shape, generator)
    parameters = {key: value.clone() for key, value in net.named_parameters()}
    net.requires_grad_(False)

    def gradient(dtype):
        x = synthetic.to(dtype).requires_grad_()
        loss, layers, last, margin = matching_loss(net.to(dtype), real.to(dtype), x, classes, power, lam, scale)
        return (*torch.autograd.grad(loss, x), float(loss), [float(v) for v in layers], float(last), margin)

    single = gradient(torch.float32)
    exact = gradient(torch.float64)
    return dict(
        seed=seed, margin=exact[4], error=relative(single[0], exact[0]), loss_error=abs(single[1] / exact[1] - 1),
        tensors={**{f"parameters.{key}": value for key, value in parameters.items()}, "real": real,
                 "synthetic": synthetic, "gradient": exact[0].float()},
        config=dict(network=options, classes=classes, power=power, **{"lambda": lam}, scale=scale),
        expected=dict(loss=exact[1], attention=exact[2], features=exact[3]),
    )


def main():
    torch.set_num_threads(1)
    total = 0
    for case in CASES:
        name, network = case[0], case[1]
        best = None
        masked = network.get("activation", "relu") in ("relu", "leaky_relu")
        for seed in range(24):
            result = attempt(case, seed)
            if best is None or (masked and result["margin"] > best["margin"]):
                best = result
            if not masked or best["margin"] > 2e-6:
                break
        assert best["error"] < 2e-5, (name, best["error"])
        size = write_safetensors(FIXTURES / "matching" / f"{name}.safetensors", best["tensors"],
                                 {"config": json.dumps(best["config"]), "expected": json.dumps(best["expected"])})
        total += size
        print(f"{name:30} seed {best['seed']:2} loss {best['expected']['loss']:10.5g} margin {best['margin']:.1e} "
              f"float32: gradient {best['error']:.1e} loss {best['loss_error']:.1e} {size / 1e3:6.0f} kB")
    print(f"{total / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
