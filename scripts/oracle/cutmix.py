"""Writes test/fixtures/cutmix/: batches under operations that all images get, and CutMix, by PyTorch in float64.

python3 scripts/oracle/cutmix.py

One safetensors file a case. Tensors: `images` [n, c, h, w] and `labels` [n] (int64), `probabilities` [n, classes] where
the case has soft labels; `augmented` and `mixed`, the images after each stage; `targets` [n, classes]; `initial.<name>`,
`gradient.<name>` and `final.<name>` (after one step of SGD with weight decay) of the parameters. Metadata: `case` (JSON:
network, sgd, augmentation, mix or null, loss).

From the definition (Yun et al. 2019) and its released code: a box of floor(side * sqrt(1 - lambda)) about a pixel,
half of it (rounded down) to each side, clipped to the image; the loss is that of the own labels by the area that is kept
plus that of the partners' labels by the area of the box.
"""

import copy
import json
import math

import torch
from torch.nn import functional as F

from augment import OPERATIONS, spread
from common import FIXTURES, ConvNet, images, relative, write_safetensors

COUNT, CLASSES, SIZE = 6, 4, 12
SGD = dict(lr=0.05, momentum=0.9, weightDecay=5e-4)
COLOR = {"operation": "color", "brightness": [0.31, -0.44, 0.2, -0.1, 0.48, 0.05],
         "saturation": [1.7, 0.2, 0.9, 1.3, 0.4, 1.9], "contrast": [0.6, 1.4, 1.1, 0.8, 1.25, 0.55]}
CROP = {"operation": "crop", "dx": [1, -1, 0, 2, -2, 1], "dy": [-1, 0, 2, 1, -2, 2]}
PARTNERS = [3, 0, 2, 5, 1, 4]

# name, steps, mix, soft labels?
CASES = [
    ("always", [COLOR, CROP], None, False),
    ("inside", [], dict(lambda_=0.7, x=5, y=6, partners=PARTNERS), False),
    ("clipped", [], dict(lambda_=0.35, x=1, y=10, partners=PARTNERS), False),
    ("other-order", [CROP, COLOR], dict(lambda_=0.5, x=11, y=4, partners=PARTNERS), False),
    ("soft", [COLOR, CROP], dict(lambda_=0.2, x=3, y=0, partners=PARTNERS), True),
]


def box(mix, height, width):
    share = math.sqrt(1 - mix["lambda"])
    cut_w, cut_h = int(width * share), int(height * share)
    x1, x2 = (min(max(mix["x"] + side, 0), width) for side in (-(cut_w // 2), cut_w // 2))
    y1, y2 = (min(max(mix["y"] + side, 0), height) for side in (-(cut_h // 2), cut_h // 2))
    area = (x2 - x1) * (y2 - y1)
    return dict(x1=x1, x2=x2, y1=y1, y2=y2, kept=1 - area / (height * width),
                clipped=4 * (cut_w // 2) * (cut_h // 2) - area)


def mixed(x, mix):
    b = box(mix, *x.shape[2:])
    out = x.clone()
    rows, columns = slice(b["y1"], b["y2"]), slice(b["x1"], b["x2"])
    out[:, :, rows, columns] = x[torch.tensor(mix["partners"])][:, :, rows, columns]
    return out


def mixed_loss(logits, labels, mix, x):
    """`labels` [n] or probabilities [n, classes]; `x` for the size of the images."""
    kept = box(mix, *x.shape[2:])["kept"]
    return (kept * F.cross_entropy(logits, labels)
            + (1 - kept) * F.cross_entropy(logits, labels[torch.tensor(mix["partners"])]))


def attempt(case, seed):
    name, steps, mix, soft = case
    mix = mix and {"lambda" if key == "lambda_" else key: value for key, value in mix.items()}
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    options = dict(channels=3, size=SIZE, classes=CLASSES, depth=2, width=6, norm="none")
    network = ConvNet(**options)
    data = images(COUNT, 3, SIZE, generator)
    labels = torch.tensor([2, 0, 1, 3, 2, 1])
    probabilities = torch.softmax(2 * torch.randn(COUNT, CLASSES, generator=generator), 1)

    def run(dtype):
        net = copy.deepcopy(network).to(dtype)
        optimizer = torch.optim.SGD(net.parameters(), lr=SGD["lr"], momentum=SGD["momentum"],
                                    weight_decay=SGD["weightDecay"])
        x = data.to(dtype)
        for step in steps:
            x = OPERATIONS[step["operation"]](x, spread(step, COUNT))
        own = probabilities.to(dtype) if soft else labels
        rows = own if soft else F.one_hot(labels, CLASSES).to(dtype)
        if mix:
            pasted = mixed(x, mix)
            loss = mixed_loss(net(pasted), own, mix, x)
            kept = box(mix, SIZE, SIZE)["kept"]
            targets = kept * rows + (1 - kept) * rows[torch.tensor(mix["partners"])]
        else:
            pasted, targets, loss = x, rows, F.cross_entropy(net(x), own)
        loss.backward()
        gradients = {f"gradient.{key}": p.grad.clone() for key, p in net.named_parameters()}
        optimizer.step()
        final = {f"final.{key}": p.detach().clone() for key, p in net.named_parameters()}
        return dict(augmented=x, mixed=pasted, targets=targets, **gradients, **final), float(loss)

    exact, loss = run(torch.float64)
    single, _ = run(torch.float32)
    error = max(relative(single[key], value) for key, value in exact.items())
    tensors = {"images": data, "labels": labels, **exact}
    tensors |= {f"initial.{key}": p.detach() for key, p in network.named_parameters()}
    if soft:
        tensors["probabilities"] = probabilities
    settings = dict(network=options, sgd=SGD, mix=mix, loss=loss,
                    augmentation=dict(height=SIZE, width=SIZE, count=COUNT, steps=steps))
    return error, seed, tensors, settings


def main():
    torch.set_num_threads(1)
    for case in CASES:
        error, seed, tensors, settings = min((attempt(case, s) for s in range(8)), key=lambda result: result[0])
        assert error < 2e-6, (case[0], error)
        size = write_safetensors(FIXTURES / "cutmix" / f"{case[0]}.safetensors", tensors,
                                 {"case": json.dumps(settings)})
        kept = "" if settings["mix"] is None else f"kept {box(settings['mix'], SIZE, SIZE)['kept']:.3f}, "
        print(f"{case[0]:12} seed {seed} float32 within {error:.1e}, {kept}loss {settings['loss']:.3f}, "
              f"{size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
