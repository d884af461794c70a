"""Writes test/fixtures/loop/: whole distillations with DataDAM, iteration by iteration, by PyTorch autograd in float64.

python3 scripts/oracle/loop.py
Needs `npm run build`: picks, augmentations and networks are those the library draws.

One safetensors file a case. Tensors: `pixels` [n, c, h, w] (uint8) and `labels` [n] (int64), the real images; `initial`
[classes * ipc, c, h, w]; `images` and `momentum` [iterations, classes * ipc, c, h, w], after each iteration;
`average` [classes * ipc, c, h, w], after the last one, where the case averages. Metadata, as JSON: `config` (keys of
the configuration), `normalization`, `expected` (of each iteration: loss, attention by layer, features) and `draws`
(`initial`: of each class, indices among its images; `iterations`: of each, by class, `picks` and `augmentation`).

From the equations: a fresh network each iteration; of each class real images and all synthetic ones (enlarged, where
they hold several) under one and the same augmentation; loss scale * (L_SAM + lambda * L_MMD); SGD with momentum on the
synthetic images. Seeds are searched for draws in which every operation does something, and float32 follows well.
"""

import json

import torch
from torch.nn import functional as F

from augment import OPERATIONS, spread
from common import (FIXTURES, ConvNet, draws, load_parameters, matching_loss, normalised, pixels, relative,
                    write_safetensors)
from expand import expand

IPC, MOMENTUM, LAMBDA, SCALE = 2, 0.5, 0.01, 100
AUGMENT = "color_crop_cutout_flip_scale_rotate"
NORMALIZATION = {1: dict(mean=[0.45], std=[0.25]), 3: dict(mean=[0.5, 0.45, 0.4], std=[0.25, 0.22, 0.28])}
SEEDS = 40

# name, network (two classes), images of each class, settings
CASES = [
    ("instance-one", dict(channels=3, size=12, depth=2, width=8, norm="instance"), (9, 11),
     dict(iterations=6, power=4, augmentMode="one", batchReal=6, factor=1, lrImg=0.2, averaging=0)),
    ("batch-one", dict(channels=3, size=12, depth=3, width=6, norm="batch"), (8, 10),
     dict(iterations=6, power=1, augmentMode="one", batchReal=6, factor=1, lrImg=1, averaging=False)),
    ("batch-all", dict(channels=1, size=16, depth=2, width=8, norm="batch"), (7, 12),
     dict(iterations=5, power=2, augmentMode="all", batchReal=10, factor=1, lrImg=0.5, averaging=False)),
    ("instance-all-factor2", dict(channels=3, size=12, depth=2, width=8, norm="instance"), (10, 9),
     dict(iterations=5, power=4, augmentMode="all", batchReal=6, factor=2, lrImg=0.3, averaging=3)),
]


def augmented(x, augmentation):
    for step in augmentation["steps"]:
        x = OPERATIONS[step["operation"]](x, spread(step, x.shape[0]))
    return x


def stored(parts, factor):
    """Images put together, factor x factor in one, row by row, each reduced to means of factor x factor pixels."""
    small = F.avg_pool2d(parts, factor)
    tiles = small.view(-1, factor, factor, *small.shape[1:])  # image, row, column, channel, y, x
    return tiles.permute(0, 3, 1, 4, 2, 5).reshape(-1, *parts.shape[1:])


def distil(case, drawn, real, members, dtype):
    """Images, momentum and losses after each iteration, and the average of the images."""
    _, network, _, settings = case
    factor, eta = settings["factor"], settings["averaging"]
    real = real.to(dtype)
    first = [real[members[c][picks]] for c, picks in enumerate(drawn["initial"])]
    x = torch.cat([stored(images, factor) for images in first]).clone().requires_grad_()
    initial = x.detach().clone()
    optimizer = torch.optim.SGD([x], lr=settings["lrImg"], momentum=MOMENTUM)
    images, momentum, expected, average = [], [], [], initial.clone()
    for t, iteration in enumerate(drawn["iterations"], start=1):
        net = load_parameters(ConvNet(**network, classes=2).double(), iteration["parameters"]).to(dtype)
        net.requires_grad_(False)
        batches, parts = [], []
        for c, own in enumerate(iteration["classes"]):
            batches.append(augmented(real[members[c][own["picks"]]], own["augmentation"]))
            parts.append(augmented(expand(x[c * IPC : (c + 1) * IPC], factor), own["augmentation"]))
        loss, layers, last, _ = matching_loss(net, torch.cat(batches), torch.cat(parts), classes=2,
                                              power=settings["power"], lam=LAMBDA, scale=SCALE)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        images.append(x.detach().clone())
        momentum.append(optimizer.state[x]["momentum_buffer"].clone())
        expected.append(dict(loss=float(loss), attention=[float(v) for v in layers], features=float(last)))
        if eta is not False:
            share = (1 + eta) / (t + eta)
            average = (1 - share) * average + share * images[-1]
    if eta is not False and eta == 0:
        assert relative(average, torch.stack(images).mean(0)) < 1e-6
    return dict(initial=initial, images=torch.stack(images), momentum=torch.stack(momentum), average=average), expected


def changes(step):
    """Whether an operation does more than leave an image as it is."""
    name = step["operation"]
    return step["flipped"][0] if name == "flip" else bool(step["dx"][0] or step["dy"][0]) if name == "crop" else True


def telling(drawn):
    """Whether all six operations are drawn and do something, and classes of one iteration are augmented differently."""
    each = [[own["augmentation"]["steps"] for own in iteration["classes"]] for iteration in drawn["iterations"]]
    seen = {step["operation"] for pair in each for steps in pair for step in steps if changes(step)}
    return len(seen) == len(OPERATIONS) and all(first != second for first, second in each)


def attempt(case, seed, drawn):
    _, network, counts, settings = case
    generator = torch.Generator().manual_seed(seed)
    labels = torch.tensor([0] * counts[0] + [1] * counts[1])[torch.randperm(sum(counts), generator=generator)]
    bytes_ = pixels(len(labels), network["channels"], network["size"], labels, generator)
    normalization = NORMALIZATION[network["channels"]]
    members = [torch.nonzero(labels == c).flatten() for c in range(2)]
    assert tuple(len(own) for own in members) == counts
    real = normalised(bytes_, normalization)
    exact, expected = distil(case, drawn, real, members, torch.float64)
    single, _ = distil(case, drawn, real, members, torch.float32)
    error = max(relative(single["images"] - single["initial"], exact["images"] - exact["initial"]),
                relative(single["momentum"], exact["momentum"]))
    if settings["averaging"] is False:
        del exact["average"]
    config = dict(ipc=IPC, seed=seed, momentum=MOMENTUM, scale=SCALE, augment=AUGMENT, norm=network["norm"], zca=False,
                  init="real", depth=network["depth"], width=network["width"], **settings, **{"lambda": LAMBDA})
    recorded = dict(initial=drawn["initial"], iterations=[iteration["classes"] for iteration in drawn["iterations"]])
    metadata = dict(config=config, normalization=normalization, expected=expected, draws=recorded)
    return dict(seed=seed, error=error, tensors=dict(pixels=bytes_, labels=labels, **exact),
                metadata={key: json.dumps(value) for key, value in metadata.items()})


def main():
    torch.set_num_threads(1)
    for case in CASES:
        name, network, counts, settings = case
        coupled = network["norm"] == "batch"
        batch = min(settings["batchReal"], *counts)
        assert coupled or batch == settings["batchReal"]
        request = dict(kind="distill", iterations=settings["iterations"], initial=IPC * settings["factor"] ** 2,
                       sizes=counts, batch=batch, augment=AUGMENT, augmentMode=settings["augmentMode"],
                       height=network["size"], width=network["size"], network=dict(network, classes=2))
        answers = draws([dict(request, seed=seed) for seed in range(SEEDS)])
        found = [(seed, drawn) for seed, drawn in enumerate(answers) if telling(drawn)]
        best = min((attempt(case, *pair) for pair in found[:6]), key=lambda result: result["error"])
        assert best["error"] < 1e-5, (name, best["error"])
        size = write_safetensors(FIXTURES / "loop" / f"{name}.safetensors", best["tensors"], best["metadata"])
        images, initial = best["tensors"]["images"], best["tensors"]["initial"]
        expected = json.loads(best["metadata"]["expected"])
        print(f"{name:22} seed {best['seed']:2} of {len(found)} float32 within {best['error']:.1e}; moved "
              f"{relative(images[-1], initial):.2f}, loss {expected[0]['loss']:.3g} -> {expected[-1]['loss']:.3g} "
              f"{size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
