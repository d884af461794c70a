"""Writes test/fixtures/statistics/statistics.json with SciPy: rank correlations (with ties) and Student's quantiles.

Run from the repository: python3 scripts/oracle/statistics.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

generator = np.random.default_rng(0)
cases = []
for count, levels in [(2, 0), (5, 0), (12, 3), (48, 0), (48, 6), (200, 2), (200, 40)]:
    x = generator.normal(size=count)
    y = 0.6 * x + generator.normal(size=count)
    if levels:
        x, y = np.round(x * levels / 2), np.round(y * levels / 2)
    x, y = x.round(6) + 0.0, y.round(6) + 0.0
    cases.append(
        {
            "x": x.tolist(),
            "y": y.tolist(),
            "ranks": stats.rankdata(x).tolist(),
            "spearman": float(stats.spearmanr(x, y).statistic),
            "kendall": float(stats.kendalltau(x, y, variant="b").statistic),
        }
    )
quantiles = [
    {"share": share, "freedom": freedom, "t": float(stats.t.ppf(share, freedom))}
    for share in [0.5, 0.9, 0.975, 0.999]
    for freedom in [1, 2, 3, 4, 5, 8, 29, 30, 200]
]
path = Path(__file__).resolve().parents[2] / "test/fixtures/statistics/statistics.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps({"scipy": scipy.__version__, "correlations": cases, "quantiles": quantiles}) + "\n")
