"""Makes test/fixtures/pickles: what Python and NumPy pickle, for src/formats/pickle.ts. /usr/bin/python3 scripts/oracle/pickles.py"""
import collections
import os
import pickle
import struct
import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test", "fixtures", "pickles")


class Python2Pickler(pickle._Pickler):
    """Writes every str and bytes as Python 2 wrote its str: STRING in protocol 0, SHORT_BINSTRING and BINSTRING above."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_python2(self, value):
        raw = value.encode("latin1") if isinstance(value, str) else value
        if self.proto == 0:
            self.write(b"S" + repr(raw).encode("ascii")[1:] + b"\n")
        elif len(raw) < 256:
            self.write(b"U" + struct.pack("<B", len(raw)) + raw)
        else:
            self.write(b"T" + struct.pack("<i", len(raw)) + raw)
        self.memoize(value)

    dispatch[str] = save_python2
    dispatch[bytes] = save_python2


def python2(file, value, protocol):
    Python2Pickler(file, protocol, fix_imports=True).dump(value)


def main():
    os.makedirs(OUT, exist_ok=True)
    shared = [1, "two"]
    value = {
        "none": None,
        "flags": [True, False],
        "ints": [0, 255, -1, 65535, 65536, -(2**31), 2**40, -(2**70)],
        "floats": [0.1, -1e300, float("inf")],
        "text": "na\u00efve \u2603 \U0001f600 \\u0041 \\ '\"\n\t",
        "bytes": b"\x00\xff'\"\\\n\r\t",
        "long bytes": bytes(range(256)) * 2,
        "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
        "shared": [shared, shared],
        "ordered": collections.OrderedDict([("b", 1), ("a", 2)]),
        "u1": np.arange(6, dtype="u1").reshape(2, 3),
        "big": np.array([1.5, -2.0], ">f4"),
        "columns": np.asfortranarray(np.arange(24, dtype="<i2").reshape(2, 3, 4)),
        "bool": np.array([True, False]),
        "empty": np.zeros((0, 3), "<f8"),
        "scalar": np.float32(2.5),
        "scalar int": np.int64(-(2**40)),
    }
    if np.__version__ >= "2":  # whose modules have other names: run once more with such a NumPy
        for protocol in (2, 5):
            with open(os.path.join(OUT, f"numpy2-{protocol}.pickle"), "wb") as file:
                pickle.dump(value, file, protocol)
        return
    for protocol in range(6):
        with open(os.path.join(OUT, f"python3-{protocol}.pickle"), "wb") as file:
            pickle.dump(value, file, protocol)
    old = {k: v for k, v in value.items() if k != "text"} | {"text": "na\u00efve \\ '\"\n\t"}
    for protocol in range(3):
        with open(os.path.join(OUT, f"python2-{protocol}.pickle"), "wb") as file:
            python2(file, old, protocol)
    with open(os.path.join(OUT, "objects.pickle"), "wb") as file:
        pickle.dump(np.array([{}, None], object), file, 2)
    with open(os.path.join(OUT, "strings.pickle"), "wb") as file:
        pickle.dump(np.array(["a", "bc"]), file, 2)
    with open(os.path.join(OUT, "records.pickle"), "wb") as file:
        pickle.dump(np.zeros(2, [("a", "u1"), ("b", "<f4")]), file, 2)


if __name__ == "__main__":
    main()
