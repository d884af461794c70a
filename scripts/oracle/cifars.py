"""Makes test/fixtures/cifars: the Python versions of CIFAR-10 and CIFAR-100 with few images, in archives of the published layout,
for src/data/cifar10.ts and cifar100.ts. /usr/bin/python3 scripts/oracle/cifars.py"""
import gzip
import io
import os
import tarfile
import numpy as np
from pickles import python2

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "fixtures", "cifars")


def images(file, count):
    """Plane c of image i is 50 c + file, but for its first pixel, which is i."""
    data = np.repeat(np.arange(3, dtype="u1") * 50 + file, 1024)[None].repeat(count, 0)
    data[:, 0] = np.arange(count)
    return data


def archive(name, folder, files):
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as out:
        entry = tarfile.TarInfo(folder)
        entry.type = tarfile.DIRTYPE
        out.addfile(entry)
        for file, value in files.items():
            data = io.BytesIO()
            python2(data, value, 2)
            entry = tarfile.TarInfo(f"{folder}/{file}")
            entry.size = data.tell()
            data.seek(0)
            out.addfile(entry, data)
    with open(os.path.join(OUT, name), "wb") as out:
        out.write(gzip.compress(tar.getvalue(), mtime=0))


def cifar10():
    files = {"batches.meta": {"num_cases_per_batch": 4, "label_names": [f"class {c}" for c in range(10)], "num_vis": 3072}}
    for k in range(6):
        files["test_batch" if k == 5 else f"data_batch_{k + 1}"] = {
            "batch_label": "testing batch 1 of 1" if k == 5 else f"training batch {k + 1} of 5",
            "labels": [(4 * k + i) % 10 for i in range(4)],
            "data": images(k, 4),
            "filenames": [f"image_s_{i:06d}.png" for i in range(4)],
        }
    archive("cifar-10-python.tar.gz", "cifar-10-batches-py", files)


def cifar100():
    files = {
        "meta": {
            "fine_label_names": [f"fine {c}" for c in range(100)],
            "coarse_label_names": [f"coarse {c}" for c in range(20)],
        }
    }
    for k, (name, count) in enumerate((("test", 3), ("train", 6))):
        fine = [(17 * i + 99) % 100 for i in range(count)]
        files[name] = {
            "filenames": [f"image_s_{i:06d}.png" for i in range(count)],
            "batch_label": "testing batch 1 of 1" if name == "test" else "training batch 1 of 1",
            "fine_labels": fine,
            "coarse_labels": [c // 5 for c in fine],
            "data": images(k, count),
        }
    archive("cifar-100-python.tar.gz", "cifar-100-python", files)


os.makedirs(OUT, exist_ok=True)
cifar10()
cifar100()
