"""The PyTorch reference of the benchmark: a server that times one unit of work per line of standard input.

`step IPC` is one DataDAM distillation step as the official code arranges it (whole batches: one real forward, one
synthetic forward and backward, one SGD step), `kept IPC FACTOR` one without its real side (targets and networks are there
before: --networks of them, visited in turn), `epoch` one epoch of evaluation training, `train NAME COUNT` one training
step of a network at its full width (COUNT in a row, divided). Each answers with one line,
{"seconds": s, "rss": peak resident memory in kB, "cpu": processor seconds}. `rss` is that of the process, so start one
process a configuration. `--wait=active` lets OpenMP's threads spin while they wait: on cores that other work shares this
makes PyTorch several times slower, so the default is passive.
Width, depth, batch sizes and threads: see the arguments. Data are random arrays in memory.
"""

import argparse
import json
import math
import os
import resource
import sys
import time
from pathlib import Path

# Read by OpenMP when PyTorch loads it, so before the import and before arguments are parsed.
os.environ["OMP_WAIT_POLICY"] = "active" if "--wait=active" in sys.argv else "passive"

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts" / "oracle"))

try:
    import torch
    from torch.nn import functional as F
except ImportError:
    print(json.dumps({"error": "no PyTorch"}), flush=True)
    sys.exit(3)

from common import ConvNet, attention, class_means  # noqa: E402
from networks import BUILDERS  # noqa: E402

OPERATIONS = ("color", "crop", "cutout", "flip", "scale", "rotate")


def draw(count):
    """One operation and `count` parameter sets for it (1: siamese)."""
    return OPERATIONS[int(torch.randint(len(OPERATIONS), (1,)))], torch.rand(count, 3)


def resample(x, theta):
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def augment(x, drawn):
    """Differentiable augmentation with given parameters [1 or n, 3], uniform in [0, 1)."""
    op, u = drawn
    n, _, h, w = x.shape
    u = u.expand(n, 3)
    if op == "color":
        a, b, c = (u[:, i].view(n, 1, 1, 1) for i in range(3))
        x = x + (a - 0.5)
        mean = x.mean(1, keepdim=True)
        x = (x - mean) * (2 * b) + mean
        mean = x.mean((1, 2, 3), keepdim=True)
        return (x - mean) * (c + 0.5) + mean
    if op == "crop":
        reach_y, reach_x = int(h * 0.125 + 0.5), int(w * 0.125 + 0.5)
        dy = (u[:, 0] * (2 * reach_y + 1)).long()
        dx = (u[:, 1] * (2 * reach_x + 1)).long()
        padded = F.pad(x, (reach_x, reach_x, reach_y, reach_y))
        rows = (dy.view(n, 1) + torch.arange(h)).view(n, 1, h, 1)
        columns = (dx.view(n, 1) + torch.arange(w)).view(n, 1, 1, w)
        return padded[torch.arange(n).view(n, 1, 1, 1), torch.arange(x.shape[1]).view(1, -1, 1, 1), rows, columns]
    if op == "cutout":
        side_y, side_x = int(h * 0.5 + 0.5), int(w * 0.5 + 0.5)
        top = (u[:, 0] * (h + 1)).long() - side_y // 2
        left = (u[:, 1] * (w + 1)).long() - side_x // 2
        rows, columns = torch.arange(h).view(1, h), torch.arange(w).view(1, w)
        in_y = (rows >= top.view(n, 1)) & (rows < (top + side_y).view(n, 1))
        in_x = (columns >= left.view(n, 1)) & (columns < (left + side_x).view(n, 1))
        return x * (~(in_y.view(n, 1, h, 1) & in_x.view(n, 1, 1, w))).to(x.dtype)
    if op == "flip":
        return torch.where((u[:, 0] < 0.5).view(n, 1, 1, 1), x.flip(3), x)
    zero = torch.zeros(n)
    if op == "scale":
        low = 1 / 1.2
        sx, sy = low + u[:, 0] * (1.2 - low), low + u[:, 1] * (1.2 - low)
        theta = torch.stack([sx, zero, zero, zero, sy, zero], 1)
    else:
        angle = (u[:, 0] - 0.5) * 2 * math.radians(15)
        theta = torch.stack([angle.cos(), -angle.sin(), zero, angle.sin(), angle.cos(), zero], 1)
    return resample(x, theta.view(n, 2, 3))


def spatial(feature, args):
    """attention(), or for p = 4 the same by two squarings of maps that ReLU has made non-negative."""
    if args.power_by == "squares" and args.power == 4:
        return F.normalize(feature.square().square().sum(1).flatten(1), dim=1, eps=1e-12)
    return attention(feature, args.power)


class Distillation:
    """State of a distillation of random images at one number of images per class."""

    def __init__(self, args, ipc):
        self.args, self.ipc = args, ipc
        self.real = torch.randn(args.classes, args.pool, 3, 32, 32)
        self.synthetic = torch.randn(args.classes * ipc, 3, 32, 32, requires_grad=True)
        self.optimizer = torch.optim.SGD([self.synthetic], lr=1.0, momentum=0.5)

    def step(self):
        args, k = self.args, self.args.classes
        network = ConvNet(3, 32, k, args.depth, args.width, args.norm)
        network.requires_grad_(False)
        network.train()
        real, synthetic = [], []
        for c in range(k):
            drawn = draw(1)
            chosen = torch.randperm(args.pool)[: args.batch_real]
            real.append(augment(self.real[c, chosen], drawn))
            synthetic.append(augment(self.synthetic[c * self.ipc : (c + 1) * self.ipc], drawn))
        with torch.no_grad():
            real_maps, real_features = network.maps(torch.cat(real))
            real_attention = [class_means(spatial(m, args), k) for m in real_maps[:-1]]
            real_features = class_means(real_features, k)
            del real_maps
        maps, features = network.maps(torch.cat(synthetic))
        loss = 0.01 * (class_means(features, k) - real_features).pow(2).sum()
        for target, m in zip(real_attention, maps[:-1]):
            loss = loss + (class_means(spatial(m, args), k) - target).pow(2).sum()
        self.optimizer.zero_grad()
        (100 * loss).backward()
        self.optimizer.step()
        return float(loss)


class Kept(Distillation):
    """The same where the networks and what the real images give in each are kept: the synthetic side alone."""

    def __init__(self, args, ipc, factor):
        super().__init__(args, ipc)
        self.factor, self.done = factor, 0
        self.networks = [ConvNet(3, 32, args.classes, args.depth, args.width, args.norm) for _ in range(args.networks)]
        for network in self.networks:
            network.requires_grad_(False)
            network.train()
        with torch.no_grad():
            maps, features = self.networks[0].maps(torch.randn(args.classes, 3, 32, 32))
            self.targets = [spatial(m, args) for m in maps[:-1]], features

    def seen(self):
        """The images as networks see them: each of factor x factor parts at full size, as multi-formation has it."""
        if self.factor == 1:
            return self.synthetic
        f, side = self.factor, 32 // self.factor
        n = len(self.synthetic)
        parts = self.synthetic.view(n, 3, f, side, f, side).permute(0, 2, 4, 1, 3, 5).reshape(n * f * f, 3, side, side)
        return F.interpolate(parts, size=32, mode="bilinear")

    def step(self):
        args, k = self.args, self.args.classes
        network = self.networks[self.done % len(self.networks)]
        self.done += 1
        each = self.ipc * self.factor**2
        whole = self.seen()
        synthetic = torch.cat([augment(whole[c * each : (c + 1) * each], draw(1)) for c in range(k)])
        maps, features = network.maps(synthetic)
        attention_targets, feature_targets = self.targets
        loss = 0.01 * (class_means(features, k) - feature_targets).pow(2).sum()
        for target, m in zip(attention_targets, maps[:-1]):
            loss = loss + (class_means(spatial(m, args), k) - target).pow(2).sum()
        self.optimizer.zero_grad()
        (100 * loss).backward()
        self.optimizer.step()
        return float(loss)


class Training:
    """State of the training of one network on a small set of random images."""

    def __init__(self, args):
        self.args = args
        self.images = torch.randn(args.images, 3, 32, 32)
        self.labels = torch.arange(args.images) % args.classes
        self.network = ConvNet(3, 32, args.classes, args.depth, args.width, args.norm)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)

    def epoch(self):
        self.network.train()
        total = 0.0
        for batch in torch.randperm(self.args.images).split(self.args.batch):
            x = augment(self.images[batch], draw(len(batch)))
            loss = F.cross_entropy(self.network(x), self.labels[batch])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += float(loss) * len(batch)
        return total / self.args.images


class Steps:
    """State of the training of one of the family's networks on one batch of random images."""

    def __init__(self, args, name, count):
        self.count = count
        self.images = torch.randn(args.batch, 3, 32, 32)
        self.labels = torch.arange(args.batch) % args.classes
        norm = {} if name in ("lenet", "mlp", "vit") else {"norm": args.norm}
        build = ConvNet if name == "convnet" else BUILDERS[name]
        self.network = build(channels=3, size=32, classes=args.classes, **norm)
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)

    def steps(self):
        for _ in range(self.count):
            loss = F.cross_entropy(self.network(self.images), self.labels)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return float(loss)


def work_of(args, command):
    """A function that does what a line asks for, and how often it does it."""
    if command[0] == "epoch":
        return Training(args).epoch, 1
    if command[0] == "train":
        return Steps(args, command[1], int(command[2])).steps, int(command[2])
    if command[0] == "kept":
        return Kept(args, int(command[1]), int(command[2])).step, 1
    return Distillation(args, int(command[1])).step, 1


def peak_kilobytes():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--depth", type=int, default=3)
    parser.add_argument("--norm", default="instance")
    parser.add_argument("--power", type=int, default=4)
    parser.add_argument("--power-by", choices=["pow", "squares"], default="pow",
                        help="pow: as the official code; squares: quicker at p = 4, what a careful user would write")
    parser.add_argument("--networks", type=int, default=200, help="kept ones")
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--batch-real", type=int, default=128)
    parser.add_argument("--pool", type=int, default=500, help="real images a class to draw from")
    parser.add_argument("--images", type=int, default=500, help="training images of the evaluation epoch")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--wait", choices=["passive", "active"], default="passive")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "wait": args.wait}), flush=True)
    work = {}
    for line in sys.stdin:
        command = line.split()
        if not command:
            continue
        key = " ".join(command)
        if key not in work:
            work[key] = work_of(args, command)
        run, count = work[key]
        start, used = time.perf_counter(), time.process_time()
        loss = run()
        seconds, cpu = time.perf_counter() - start, time.process_time() - used
        answer = {"seconds": seconds / count, "rss": peak_kilobytes(), "cpu": cpu / count, "count": count, "loss": loss}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
