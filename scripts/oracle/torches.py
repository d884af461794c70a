"""Makes test/fixtures/torch: files of torch.save, for src/formats/pt.ts. /usr/bin/python3 scripts/oracle/torches.py (PyTorch 1.13)"""
import collections
import os
import pickle
import zipfile

import numpy as np
import torch

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "fixtures", "torch")


class Command:
    """What an attacker puts into a pickle: unpickling it by Python would run a shell."""

    def __reduce__(self):
        return os.system, ("echo a pickle ran this",)


def save(name, value, **options):
    torch.save(value, os.path.join(OUT, name), **options)


def values():
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 4 - 1
    parameter = torch.nn.Parameter(torch.tensor([0.5, -2.0]))
    return {
        "f4": base,
        "f8": torch.tensor([0.1, -1e300, float("inf")], dtype=torch.float64),
        "f2": torch.tensor([1.5, -0.1, 65504.0, 6e-8, float("inf"), -0.0], dtype=torch.float16),
        "bf2": torch.tensor([1.5, -0.1, 3e38, 1e-40], dtype=torch.bfloat16),
        "i8": torch.tensor([-(2**63), 2**63 - 1]),
        "i4": torch.tensor([[-5], [2**31 - 1]], dtype=torch.int32),
        "i2": torch.tensor([-3, 4], dtype=torch.int16),
        "i1": torch.tensor([-128, 127], dtype=torch.int8),
        "u1": torch.tensor([0, 255], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "transposed": base.transpose(0, 2),
        "slice": base[1, ::2, 1:3],
        "expanded": torch.tensor([[7.0], [8.0]]).expand(2, 3),
        "shared": [base[0], base[1]],
        "parameter": parameter,
        "size": base.shape,
        "plain": [1, 2.5, "text", None, True, (3, 4)],
        "numpy": np.arange(3, dtype="<i4"),
        "numpy scalar": np.float64(54.25),
        "devices": [torch.device("cpu"), torch.device("cuda", 1)],
        "default dict": collections.defaultdict(list, {"ConvNet": [0.5]}),
    }


def main():
    os.makedirs(OUT, exist_ok=True)
    everything = values()
    save("zip.pt", everything)
    save("legacy.pt", everything, _use_new_zipfile_serialization=False)
    # The layouts that people's tools write, on four images of two classes.
    torch.manual_seed(0)
    images, labels = torch.randn(4, 1, 8, 8), torch.tensor([0, 0, 1, 1])
    accuracies = {"ConvNet": [np.float64(54.25)]}
    save("datadam.pt", {"data": [[images * 2, labels], [images, labels]], "accs_all_exps": accuracies})
    save("images_best.pt", images)
    save("labels_best.pt", labels)
    save("soft.pt", [images, torch.tensor([[3.0, 0.0], [1.0, 0.5], [0.0, 1.0], [-1.0, 2.0]])])
    network = torch.nn.Sequential(collections.OrderedDict(conv=torch.nn.Conv2d(1, 2, 3), norm=torch.nn.BatchNorm2d(2)))
    save("state_dict.pt", network.state_dict())
    # Refused.
    save("command.pt", {"data": Command()})
    save("command-legacy.pt", {"data": Command()}, _use_new_zipfile_serialization=False)
    save("module.pt", torch.nn.Linear(1, 1))
    with open(os.path.join(OUT, "command.pkl"), "wb") as out:
        pickle.dump(Command(), out, protocol=2)
    # As a big-endian machine writes it, which PyTorch from version 2.1 says in a file of its own.
    source = zipfile.ZipFile(os.path.join(OUT, "images_best.pt"))
    with zipfile.ZipFile(os.path.join(OUT, "big.pt"), "w") as out:
        for info in source.infolist():
            data = source.read(info)
            if "/data/" in info.filename:
                data = np.frombuffer(data, "<f4").astype(">f4").tobytes()
            out.writestr(zipfile.ZipInfo(info.filename), data)
        out.writestr(zipfile.ZipInfo("images_best/byteorder"), "big")


main()
