"""Writes test/fixtures/parquet with Hugging Face's own writer: datasets 5.0.1 on pyarrow 25.0.1, Pillow 12.3.0.

    python scripts/oracle/parquet.py

flowers/ is what `Dataset.to_parquet` gives, in the layout of a repository. The other files are pyarrow's, of one set of 8 rows in the
older layouts: three row groups, pages of both versions, images in a dictionary, one codec a file.
"""

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Dataset, Features, Image
from PIL import Image as Picture

OUT = Path(__file__).parents[2] / "test/fixtures/parquet"


def picture(value: int, format: str = "PNG") -> dict:
    data = io.BytesIO()
    Picture.new("RGB", (4, 4), (value, value, 2 * value)).save(data, format)
    return {"bytes": data.getvalue(), "path": f"{value}.{format.lower()}"}


def flowers(name: str, values: list[int], labels: list[int]) -> None:
    features = Features({"image": Image(), "label": ClassLabel(names=["rose", "tulip"])})
    columns = {"image": [picture(value) for value in values], "label": labels}
    (OUT / "flowers/data").mkdir(parents=True, exist_ok=True)
    Dataset.from_dict(columns, features=features).to_parquet(OUT / f"flowers/data/{name}.parquet")


def older(name: str, **options) -> None:
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    columns = {
        "img": pa.array([picture(value) for value in [1, 2, 1, 2, 3, 4, 5, 5]], image),
        "fine_label": pa.array([0, 1, 2, 0, 1, 2, 0, 1], pa.int64()),
        "coarse_label": pa.array([0, 0, 1, 0, 0, 1, 0, 0], pa.int64()),
    }
    pq.write_table(pa.table(columns), OUT / f"{name}.parquet", row_group_size=3, **options)


flowers("train-00000-of-00002", [10, 20, 30], [1, 0, 1])
flowers("train-00001-of-00002", [40, 50], [0, 1])
flowers("test-00000-of-00001", [60, 70], [1, 0])
for codec in ["none", "snappy", "gzip", "brotli", "zstd"]:
    older(codec, compression=codec)
older("v2", compression="snappy", data_page_version="2.0")
older("plain", compression="none", use_dictionary=False)
older("delta", compression="none", use_dictionary=False, column_encoding={"img.bytes": "DELTA_LENGTH_BYTE_ARRAY"})
