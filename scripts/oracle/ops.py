"""Writes test/fixtures/ops/: values, gradients and second-order products of single operations by PyTorch in float64.

python3 scripts/oracle/ops.py

Layout: test/fixtures/ops/README.md.
"""

import json

import torch
from torch.nn import functional as F

from common import FIXTURES, write_safetensors

generator = torch.Generator().manual_seed(7)


def normal(*shape):
    return torch.randn(*shape, generator=generator)


def apart(*shape, step=0.01):
    """Distinct values at least `step` apart, none within `step` of 0: no ties, no kinks nearby."""
    count = int(torch.tensor(shape).prod())
    values = (torch.arange(count) - count // 2).float() * step * 2 + step
    return values[torch.randperm(count, generator=generator)].view(shape)


def coarse(*shape):
    """Values out of {-1, -0.5, 0, 0.5, 1}: many ties."""
    return torch.randint(-2, 3, shape, generator=generator).float() / 2


def positive(*shape):
    return torch.rand(*shape, generator=generator) + 0.3


def conv(stride, padding):
    return dict(stride=stride, padding=padding), lambda x, w: F.conv2d(x, w, stride=stride, padding=padding)


def pool(kind, kernel, stride, padding=0):
    function = F.avg_pool2d if kind == "average" else F.max_pool2d
    return dict(kernel=kernel, stride=stride, padding=padding), lambda x: function(x, kernel, stride, padding)


def groups(count, eps=1e-5):
    return dict(groups=count, eps=eps), lambda x, scale, bias: F.group_norm(x, count, scale, bias, eps)


def batch_train(x, scale, bias):
    return F.batch_norm(x, None, None, scale, bias, training=True, eps=1e-5)


def batch_evaluate(x, scale, bias, mean, variance):
    # F.batch_norm does not differentiate running statistics: the same formula, spelled out.
    mean, variance, scale, bias = (v.view(-1, 1, 1) for v in (mean, variance, scale, bias))
    return (x - mean) / torch.sqrt(variance + 1e-5) * scale + bias


def cross_entropy(logits, targets):
    return -(targets * F.log_softmax(logits, dim=1)).sum(1).mean()


def one_hot(rows, classes):
    return F.one_hot(torch.arange(rows) * 3 % classes, classes).float()


def along(function, axes, keep):
    return dict(axes=axes, keep=keep), lambda x: function(x, axes, keep)


def plain(function, **attributes):
    return attributes, function


def attention(power):
    return dict(power=power), lambda x: F.normalize(x.abs().pow(power).sum(1).flatten(1), dim=1, eps=1e-12)


# name, operation, inputs, (attributes, function); inputs called `targets` are constants: no gradient
CASES = [
    ("conv2d-3x3-pad1", "conv2d", dict(x=normal(2, 3, 6, 5), w=normal(4, 3, 3, 3)), conv(1, 1)),
    ("conv2d-5x5-pad2-stride2", "conv2d", dict(x=normal(2, 2, 9, 8), w=normal(3, 2, 5, 5)), conv(2, 2)),
    ("conv2d-1x1", "conv2d", dict(x=normal(3, 4, 4, 3), w=normal(2, 4, 1, 1)), conv(1, 0)),
    ("conv2d-1x1-stride2", "conv2d", dict(x=normal(1, 3, 5, 6), w=normal(2, 3, 1, 1)), conv(2, 0)),
    ("conv2d-3x2-kernel", "conv2d", dict(x=normal(2, 2, 5, 7), w=normal(3, 2, 3, 2)), conv(1, 1)),
    ("conv2d-stride2-remainder", "conv2d", dict(x=normal(2, 2, 6, 8), w=normal(3, 2, 3, 3)), conv(2, 0)),
    ("conv2d-stride3-remainder", "conv2d", dict(x=normal(1, 2, 9, 10), w=normal(2, 2, 2, 2)), conv(3, 1)),
    ("conv2d-3x3-pad3", "conv2d", dict(x=normal(1, 1, 4, 4), w=normal(2, 1, 3, 3)), conv(1, 3)),
    ("conv2d-whole-image", "conv2d", dict(x=normal(2, 2, 4, 4), w=normal(3, 2, 4, 4)), conv(1, 0)),
    ("conv2d-one-channel", "conv2d", dict(x=normal(1, 1, 5, 5), w=normal(1, 1, 3, 3)), conv(1, 1)),
    ("averagePool-2", "averagePool", dict(x=normal(2, 3, 6, 4)), pool("average", 2, 2)),
    ("averagePool-2-remainder", "averagePool", dict(x=normal(2, 2, 5, 7)), pool("average", 2, 2)),
    ("averagePool-3-stride2-pad1", "averagePool", dict(x=normal(1, 2, 6, 7)), pool("average", 3, 2, 1)),
    ("averagePool-1", "averagePool", dict(x=normal(1, 2, 3, 3)), pool("average", 1, 1)),
    ("maxPool-2", "maxPool", dict(x=apart(2, 3, 6, 4)), pool("max", 2, 2)),
    ("maxPool-2-remainder", "maxPool", dict(x=apart(2, 2, 5, 7)), pool("max", 2, 2)),
    ("maxPool-3-stride2-pad1", "maxPool", dict(x=apart(1, 2, 6, 7) - 2), pool("max", 3, 2, 1)),
    ("maxPool-2-ties", "maxPool", dict(x=coarse(2, 2, 6, 6)), pool("max", 2, 2)),
    ("maxPool-3-stride2-ties", "maxPool", dict(x=coarse(1, 2, 7, 7)), pool("max", 3, 2)),
    ("groupNorm-1", "groupNorm", dict(x=normal(2, 6, 3, 4), scale=normal(6), bias=normal(6)), groups(1)),
    ("groupNorm-2", "groupNorm", dict(x=normal(2, 6, 3, 4) + 2, scale=normal(6), bias=normal(6)), groups(2)),
    ("groupNorm-channels", "groupNorm", dict(x=normal(2, 6, 4, 4), scale=normal(6), bias=normal(6)), groups(6)),
    ("groupNorm-2x2-map", "groupNorm", dict(x=normal(3, 4, 2, 2), scale=normal(4), bias=normal(4)), groups(4)),
    ("groupNorm-eps", "groupNorm", dict(x=normal(1, 4, 3, 3) * 0.1, scale=normal(4), bias=normal(4)), groups(2, 1e-2)),
    ("batchNorm", "batchNorm", dict(x=normal(3, 4, 3, 2) + 1, scale=normal(4), bias=normal(4)),
     plain(batch_train, eps=1e-5)),
    ("batchNorm-one-image", "batchNorm", dict(x=normal(1, 3, 4, 4), scale=normal(3), bias=normal(3)),
     plain(batch_train, eps=1e-5)),
    ("batchNormWith", "batchNormWith", dict(x=normal(3, 4, 3, 2), scale=normal(4), bias=normal(4),
                                            mean=normal(4), variance=positive(4)), plain(batch_evaluate, eps=1e-5)),
    ("logSoftmax", "logSoftmax", dict(x=normal(4, 5) * 3), plain(lambda x: F.log_softmax(x, dim=-1))),
    ("logSoftmax-large", "logSoftmax", dict(x=normal(3, 4) * 40), plain(lambda x: F.log_softmax(x, dim=-1))),
    ("crossEntropy-hard", "crossEntropy", dict(x=normal(5, 4) * 2, targets=one_hot(5, 4)), plain(cross_entropy)),
    ("crossEntropy-soft", "crossEntropy", dict(x=normal(5, 4), targets=torch.softmax(normal(5, 4), 1)),
     plain(cross_entropy)),
    ("matmul", "matmul", dict(a=normal(4, 3), b=normal(3, 5)), plain(torch.matmul)),
    ("matmul-batched", "matmul", dict(a=normal(2, 3, 4), b=normal(2, 4, 5)), plain(torch.matmul)),
    ("matmul-broadcast", "matmul", dict(a=normal(3, 2, 4, 3), b=normal(3, 2)), plain(torch.matmul)),
    ("add-broadcast", "add", dict(a=normal(2, 3, 4), b=normal(3, 1)), plain(torch.add)),
    ("sub-broadcast", "sub", dict(a=normal(3, 1), b=normal(2, 3, 4)), plain(torch.sub)),
    ("mul-broadcast", "mul", dict(a=normal(2, 1, 4), b=normal(3, 1)), plain(torch.mul)),
    ("mul-scalar", "mul", dict(a=normal(2, 3), b=normal(1).reshape(())), plain(torch.mul)),
    ("div-broadcast", "div", dict(a=normal(2, 3, 4), b=positive(4)), plain(torch.div)),
    ("maximum", "maximum", dict(a=apart(3, 4), b=apart(3, 4).flip(0) + 0.003), plain(torch.maximum)),
    ("neg", "neg", dict(x=normal(5)), plain(torch.neg)),
    ("exp", "exp", dict(x=normal(3, 4)), plain(torch.exp)),
    ("log", "log", dict(x=positive(3, 4)), plain(torch.log)),
    ("sqrt", "sqrt", dict(x=positive(3, 4)), plain(torch.sqrt)),
    ("abs", "abs", dict(x=apart(4, 5)), plain(torch.abs)),
    ("power-1", "power", dict(x=positive(3, 4)), plain(lambda x: x.pow(1), exponent=1)),
    ("power-2-signed", "power", dict(x=normal(3, 4)), plain(lambda x: x.pow(2), exponent=2)),
    ("power-3-signed", "power", dict(x=normal(3, 4)), plain(lambda x: x.pow(3), exponent=3)),
    ("power-4-with-zeros", "power", dict(x=coarse(3, 4)), plain(lambda x: x.pow(4), exponent=4)),
    ("power-2.5", "power", dict(x=positive(3, 4)), plain(lambda x: x.pow(2.5), exponent=2.5)),
    ("power-negative", "power", dict(x=positive(3, 4)), plain(lambda x: x.pow(-1.5), exponent=-1.5)),
    ("relu", "relu", dict(x=apart(4, 5)), plain(torch.relu)),
    ("relu-zeros", "relu", dict(x=coarse(4, 5)), plain(torch.relu)),
    ("leakyRelu", "leakyRelu", dict(x=apart(4, 5)), plain(lambda x: F.leaky_relu(x, 0.01), slope=0.01)),
    ("sigmoid", "sigmoid", dict(x=normal(4, 5) * 3), plain(torch.sigmoid)),
    ("swish", "swish", dict(x=normal(4, 5) * 3), plain(lambda x: x * torch.sigmoid(x))),
    ("sum-all", "sum", dict(x=normal(2, 3, 4)), along(torch.sum, [0, 1, 2], False)),
    ("sum-axes", "sum", dict(x=normal(2, 3, 4, 2)), along(torch.sum, [1, 3], False)),
    ("sum-keep", "sum", dict(x=normal(2, 3, 4)), along(torch.sum, [1], True)),
    ("mean-axes", "mean", dict(x=normal(2, 3, 4, 2)), along(torch.mean, [0, 2], False)),
    ("mean-keep", "mean", dict(x=normal(2, 3, 4)), along(torch.mean, [2], True)),
    ("max-axis", "max", dict(x=apart(2, 3, 4)), along(torch.amax, [1], False)),
    ("max-axes-keep", "max", dict(x=apart(2, 3, 4, 2)), along(torch.amax, [1, 3], True)),
    ("max-ties", "max", dict(x=coarse(3, 8)), along(torch.amax, [1], False)),
    ("normalizeL2", "normalizeL2", dict(x=normal(3, 5)), plain(lambda x: F.normalize(x, dim=-1), axis=-1, eps=1e-12)),
    ("normalizeL2-axis1", "normalizeL2", dict(x=normal(2, 3, 4)), plain(lambda x: F.normalize(x, dim=1), axis=1,
                                                                      eps=1e-12)),
    ("reshape", "reshape", dict(x=normal(2, 6)), plain(lambda x: x.reshape(3, 4), shape=[3, 4])),
    ("transpose", "transpose", dict(x=normal(2, 3, 4)), plain(lambda x: x.permute(2, 0, 1), permutation=[2, 0, 1])),
    ("slice", "slice", dict(x=normal(4, 5, 6)), plain(lambda x: x[1:3, 0:5, 2:6], starts=[1, 0, 2], ends=[3, 5, 6],
                                                     steps=[1, 1, 1])),
    ("slice-steps", "slice", dict(x=normal(5, 7)), plain(lambda x: x[0:5:2, 1:7:3], starts=[0, 1], ends=[5, 7],
                                                        steps=[2, 3])),
    ("pad", "pad", dict(x=normal(2, 3)), plain(lambda x: F.pad(x, (0, 3, 1, 2)), before=[1, 0], after=[2, 3])),
    ("concatenate", "concatenate", dict(a=normal(2, 3), b=normal(2, 1), c=normal(2, 2)),
     plain(lambda a, b, c: torch.cat([a, b, c], 1), axis=1)),
    ("gather", "gather", dict(x=normal(4, 3)), plain(lambda x: x[[2, 0, 2]], axis=0, indices=[2, 0, 2])),
    ("attention-1", "attention", dict(x=apart(2, 3, 4, 4)), attention(1)),
    ("attention-4", "attention", dict(x=normal(2, 3, 4, 4)), attention(4)),
]


def record(case, tensors):
    name, operation, inputs, (attributes, function) = case
    wide = {key: value.double().requires_grad_(key != "targets") for key, value in inputs.items()}
    free = {key: value for key, value in wide.items() if value.requires_grad}
    output = function(*wide.values())
    cotangent = normal(*output.shape) if output.ndim else normal(1).reshape(())
    gradients = torch.autograd.grad((output * cotangent.double()).sum(), list(free.values()), create_graph=True)
    directions = [normal(*g.shape) if g.ndim else normal(1).reshape(()) for g in gradients]
    inner = sum((g * d.double()).sum() for g, d in zip(gradients, directions))
    second = (torch.autograd.grad(inner, list(free.values()), allow_unused=True) if inner.requires_grad
              else [None] * len(free))
    for key, value in inputs.items():
        tensors[f"{name}/input/{key}"] = value
    tensors[f"{name}/output"] = output
    tensors[f"{name}/cotangent"] = cotangent
    for key, g, d, s in zip(free, gradients, directions, second):
        tensors[f"{name}/gradient/{key}"] = g
        tensors[f"{name}/direction/{key}"] = d
        tensors[f"{name}/second/{key}"] = torch.zeros_like(g) + (0 if s is None else s)  # zeros may have no memory
    return {"name": name, "operation": operation, "attributes": attributes, "inputs": list(inputs),
            "differentiable": list(free), "outputShape": list(output.shape)}


def main():
    tensors = {}
    index = [record(case, tensors) for case in CASES]
    size = write_safetensors(FIXTURES / "ops" / "ops.safetensors", tensors)
    lines = ",\n".join("  " + json.dumps(entry) for entry in index)
    (FIXTURES / "ops" / "ops.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(index)} cases, {size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
