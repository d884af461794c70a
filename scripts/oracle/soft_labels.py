"""Writes test/fixtures/labels/: the matching loss with soft labels of the synthetic images, and one step of these labels,
by PyTorch autograd in float64.

python3 scripts/oracle/soft_labels.py

Files as added_terms.py writes them, with `labels` [images, classes of the network]: rows of sum 1, some of them one-hot.
`learned` are the labels after a step of natural gradient, at labelRate, of the cross-entropy from what the network says
to them: the gradient with respect to softmax logits, times the inverse of their Fisher matrix.
"""

import json

import torch
from torch.nn import functional as F

from added_terms import ALL, ALONE, DEFAULTS, LOSS, plain, terms, total
from common import FIXTURES, example, relative, write_safetensors

# name, network, classes of images, images a class (real, synthetic), what differs of the loss, rate
CASES = [
    ("alone", {"classes": 3}, 3, (4, 2), {**ALONE, "crossEntropy": 2.5}, 0.1),
    ("all", {"channels": 3, "classes": 3}, 2, (4, 2), ALL, 0.25),
    ("all-batch", {"norm": "batch", "classes": 3}, 3, (4, 3), ALL, 0.5),
    ("two-passes", {"size": 8, "depth": 2, "classes": 4}, 1, (6, 34), {**ALL, "layers": [0]}, 0.05),
]


def stepped(labels, probabilities, rate):
    """Labels after a step on their logits, made positive first; in the limit, one-hot rows too."""
    small = 1e-9
    y = (labels + small) / (labels + small).sum(1, keepdim=True)
    logits = y.log().requires_grad_()
    loss = -(probabilities * F.log_softmax(logits, 1)).sum()
    gradient = torch.autograd.grad(loss, logits)[0]
    # Of softmax logits the Fisher matrix is diag(y) - y y^T; a step dz moves y by that times dz.
    moved = []
    for row, own in zip(y.detach(), gradient):
        fisher = torch.diag(row) - torch.outer(row, row)
        natural = torch.linalg.pinv(fisher, rtol=1e-14) @ own
        moved.append(row - rate * fisher @ natural)
    return torch.stack(moved)


def attempt(case, seed):
    _, network, classes, counts, differing, rate = case
    options, loss = {**DEFAULTS, **network}, {**LOSS, **differing}
    generator, net, parameters, real, synthetic = example(options, classes, counts, seed)
    labels = torch.softmax(2 * torch.randn(len(synthetic), options["classes"], generator=generator), 1)
    labels[0] = torch.eye(options["classes"])[0]

    def run(dtype):
        x = synthetic.to(dtype).requires_grad_()
        y = labels.to(dtype)
        net.to(dtype)
        parts, margin = terms(net, real.to(dtype), x, classes, {**loss, "crossEntropy": 0})
        logits = net.classifier(net.maps(x)[1])
        each = len(x) // classes
        parts["crossEntropy"] = F.cross_entropy(logits, y, reduction="sum") / each
        value = total(parts, loss)
        probabilities = logits.detach().softmax(1)
        return torch.autograd.grad(value, x)[0], float(value), plain(parts), margin, probabilities

    single, exact = run(torch.float32), run(torch.float64)
    learned = stepped(labels.double(), exact[4], rate)
    tensors = {**{f"parameters.{k}": v for k, v in parameters.items()}, "real": real, "synthetic": synthetic,
               "labels": labels, "gradient": exact[0].float(), "probabilities": exact[4].float(),
               "learned": learned.float()}
    return dict(margin=exact[3], error=relative(single[0], exact[0]), tensors=tensors,
                config=dict(network=options, classes=classes, labelRate=rate, **loss),
                expected=dict(loss=exact[1], **exact[2]))


def main():
    torch.set_num_threads(1)
    for case in CASES:
        best = max((attempt(case, seed) for seed in range(24)), key=lambda result: result["margin"])
        assert best["error"] < 2e-5, (case[0], best["error"])
        assert abs(best["tensors"]["learned"].sum(1) - 1).max() < 1e-6
        size = write_safetensors(FIXTURES / "labels" / f"{case[0]}.safetensors", best["tensors"],
                                 {"config": json.dumps(best["config"]), "expected": json.dumps(best["expected"])})
        print(f"{case[0]:12} margin {best['margin']:.1e} float32 {best['error']:.1e} {size / 1e3:5.0f} kB "
              f"{best['expected']}")


if __name__ == "__main__":
    main()
