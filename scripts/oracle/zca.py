"""ZCA whitening by NumPy's symmetric eigendecomposition, in float64: the yardstick of src/images.

    python3 scripts/oracle/zca.py fixtures test/fixtures/images/zca.json
        small sets of random images with their ZCA (covariance divided by n - 1, C + eps I)
    python3 scripts/oracle/zca.py compare FOLDER
        compares what bench/zca.mjs left in FOLDER (set.json, pixels.u8, and mean, whiten, unwhiten and the first
        whitened images as .f32) with NumPy's; prints JSON
"""

import base64
import json
import sys
import time

import numpy as np


def fit(pixels, mean, std, eps):
    """pixels: uint8 [n, c, h, w]. Returns mean [d], whiten [d, d], unwhiten [d, d], covariance [d, d] and
    its eigenvalues [d], ascending, in float64."""
    n = len(pixels)
    x = normalise(pixels, mean, std)
    centre = x.mean(0)
    x -= centre
    covariance = x.T @ x / (n - 1)
    values, vectors = np.linalg.eigh(covariance)
    values = np.maximum(values, 0) + eps
    whiten = (vectors / np.sqrt(values)) @ vectors.T
    unwhiten = (vectors * np.sqrt(values)) @ vectors.T
    return centre, whiten, unwhiten, covariance, values - eps


def normalise(pixels, mean, std):
    shape = (1, len(mean), 1, 1)
    x = (pixels.astype(np.float64) / 255 - np.reshape(mean, shape)) / np.reshape(std, shape)
    return x.reshape(len(pixels), -1)


def images(random, n, shape):
    """Smooth random images: neighbouring pixels and channels are correlated, as in photographs."""
    c, h, w = shape
    waves = random.normal(size=(n, c, h, w)) * 12
    colour = random.normal(size=(n, 1, 1, 1)) * 40 + random.normal(size=(n, c, 1, 1)) * 15
    slope = random.normal(size=(n, 1, 1, 1)) * np.linspace(-30, 30, w) + random.normal(size=(n, 1, 1, 1)) * np.linspace(-30, 30, h)[:, None]
    return np.clip(np.round(waves + colour + slope + 120), 0, 255).astype(np.uint8)


def fixtures(path):
    random = np.random.default_rng(7)
    cases = []
    for name, n, shape, eps in [
        ("more images than dimensions", 200, (3, 4, 4), 0.1),
        ("fewer images than dimensions", 20, (3, 4, 4), 0.1),
        ("grey, not square, small eps", 90, (1, 5, 8), 1e-4),
    ]:
        pixels = images(random, n, shape)
        mean = [round(0.45 + 0.02 * c, 2) for c in range(shape[0])]
        std = [round(0.2 + 0.01 * c, 2) for c in range(shape[0])]
        centre, whiten, unwhiten, covariance, values = fit(pixels, mean, std, eps)
        whitened = (normalise(pixels, mean, std) - centre) @ whiten
        encode = lambda array: base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
        cases.append(
            {
                "name": name,
                "count": n,
                "shape": shape,
                "normalization": {"mean": mean, "std": std},
                "eps": eps,
                "pixels": encode(pixels),
                "mean": encode(centre),
                "covariance": encode(covariance),
                "whiten": encode(whiten),
                "unwhiten": encode(unwhiten),
                "whitened": encode(whitened[:8]),
            }
        )
    with open(path, "w") as file:
        json.dump({"numpy": np.__version__, "arrays": "base64 of little-endian float64; pixels uint8", "cases": cases}, file, indent=1)


def compare(folder):
    with open(f"{folder}/set.json") as file:
        facts = json.load(file)
    pixels = np.fromfile(f"{folder}/pixels.u8", np.uint8).reshape(-1, *facts["shape"])
    mean, std, eps = facts["normalization"]["mean"], facts["normalization"]["std"], facts["eps"]
    start, cpu = time.perf_counter(), time.process_time()
    centre, whiten, unwhiten, covariance, values = fit(pixels, mean, std, eps)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    d = len(centre)
    read = lambda name, *shape: np.fromfile(f"{folder}/{name}.f32", np.float32).reshape(shape).astype(np.float64)
    w, u, ours = read("whiten", d, d), read("unwhiten", d, d), read("whitened", -1, d)
    shifted = covariance + eps * np.eye(d)
    whitened = (normalise(pixels[: len(ours)], mean, std) - centre) @ whiten
    error = lambda ours, theirs: {
        "maxAbsolute": float(np.abs(ours - theirs).max()),
        "relativeFrobenius": float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)),
    }
    residual = lambda a: {"maxAbsolute": float(np.abs(a - np.eye(d)).max()), "frobenius": float(np.linalg.norm(a - np.eye(d)))}
    report = {
        "numpy": np.__version__,
        "seconds": seconds,
        "cpuSeconds": cpu,
        "eigenvalues": {"smallest": float(values[0]), "largest": float(values[-1])},
        "mean": error(read("mean", d), centre),
        "whiten": error(w, whiten),
        "unwhiten": error(u, unwhiten),
        "whitenedImages": error(ours, whitened),
        "residual W (C + eps I) W - I, ours": residual(w @ shifted @ w),
        "residual W (C + eps I) W - I, NumPy's rounded to float32": residual(
            whiten.astype(np.float32).astype(np.float64) @ shifted @ whiten.astype(np.float32).astype(np.float64)
        ),
        "residual W U - I, ours": residual(w @ u),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    if sys.argv[1:2] == ["fixtures"]:
        fixtures(sys.argv[2])
    elif sys.argv[1:2] == ["compare"]:
        compare(sys.argv[2])
    else:
        sys.exit(__doc__)
