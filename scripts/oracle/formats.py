"""Makes test/fixtures/formats: what NumPy writes, for the readers and writers of src/formats. python3 scripts/oracle/formats.py"""
import os
import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "fixtures", "formats")
os.makedirs(OUT, exist_ok=True)
ARRAYS = {
    "f4": np.arange(6, dtype="<f4").reshape(2, 3) / 4 - 0.5,
    "f8": np.array([0.1, -1e300, np.inf]),
    "i4": np.array([[-5], [2**31 - 1]], "<i4"),
    "i8": np.array([-(2**63), 2**63 - 1], "<i8"),
    "u1": np.arange(24, dtype="u1").reshape(1, 2, 3, 4),
    "scalar": np.array(2.5, "<f4"),
}
for name, array in ARRAYS.items():
    np.save(os.path.join(OUT, name + ".npy"), array)
people = (np.arange(18) * 14).reshape(3, 2, 3)
words, objects = np.array(["b", "\u00c4hre", "b"]), np.array([{"a": 1}], dtype=object)
np.savez(os.path.join(OUT, "people.npz"), x_train=np.asfortranarray(people.astype(">i4")), y_train=words, info=objects)
np.save(os.path.join(OUT, "fortran.npy"), np.asfortranarray(ARRAYS["f4"]))
np.save(os.path.join(OUT, "big.npy"), ARRAYS["f4"].astype(">f4"))
with open(os.path.join(OUT, "v2.npy"), "wb") as out:
    np.lib.format.write_array(out, ARRAYS["f4"], version=(2, 0))
np.savez(os.path.join(OUT, "stored.npz"), images=ARRAYS["f4"], labels=ARRAYS["i8"])
np.savez_compressed(os.path.join(OUT, "deflated.npz"), images=np.zeros((50, 50), "<f4"), labels=ARRAYS["i8"])
