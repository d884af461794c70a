"""Makes test/fixtures/mats: what SciPy writes, for src/formats/mat.ts. /usr/bin/python3 scripts/oracle/mats.py"""
import os
import numpy as np
from scipy.io import savemat

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "fixtures", "mats")
os.makedirs(OUT, exist_ok=True)
VALUES = {
    "u1": np.arange(24, dtype="u1").reshape(2, 3, 4),
    "i2": np.array([[-5, 300]], "<i2"),
    "f8": np.array([[0.5], [-1e300]]),
    "i8": np.array([[-(2**62)]], "<i8"),
    "a_rather_long_name": np.float32([[2.5]]),
    "text": "left out",
    "complex": np.array([[1j]]),
    "cell": np.array([[1, "x"]], object),
    "structure": {"a": 1},
}
for name, compressed in (("plain", False), ("deflated", True)):
    savemat(os.path.join(OUT, name + ".mat"), VALUES, do_compression=compressed)


def svhn(count, first):
    """As train_32x32.mat: X uint8 [32, 32, 3, n], y [n, 1] with 10 for the digit 0. Image k has k, row and column in its planes."""
    x = np.zeros((32, 32, 3, count), "u1")
    for k in range(count):
        x[:, :, 0, k] = first + k
        x[:, :, 1, k] = np.arange(32)[:, None]
        x[:, :, 2, k] = np.arange(32)[None, :]
    y = (np.arange(count) % 10 + 1).astype("u1")[:, None]
    return {"X": x, "y": y}


savemat(os.path.join(OUT, "train_32x32.mat"), svhn(11, 100), do_compression=True)
savemat(os.path.join(OUT, "test_32x32.mat"), svhn(10, 200), do_compression=True)
savemat(os.path.join(OUT, "one_image.mat"), svhn(1, 7), do_compression=True)
