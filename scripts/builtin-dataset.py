#!/usr/bin/env python3
"""Makes the built-in data set: the letters A to J in free fonts, 32 x 32 grey. Writes assets/letters.safetensors.gz and assets/LETTERS.md.

    apt-get install $(python3 scripts/builtin-dataset.py --packages) python3-numpy python3-pil
    python3 scripts/builtin-dataset.py

Debian 12 (the versions used are listed in LETTERS.md). The same font files and Pillow give the same bytes: all randomness is
numpy's frozen RandomState. Font packages are either of the training or of the test part, so no test letter's typeface was seen.
"""
import gzip, hashlib, json, os, re, struct, subprocess, sys
import numpy as np
from PIL import Image, ImageDraw, ImageFont, __version__ as pillow

LETTERS = "ABCDEFGHIJ"
SIZE, BIG = 32, 128  # glyphs are warped at 128 x 128, then reduced
FACES = 6  # at most, of one package
PER_CLASS = {"train": 250, "test": 60}
TEST_SHARE = 0.25  # of the packages
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "assets")

# Licence of the fonts in each package, from its /usr/share/doc/PACKAGE/copyright.
PACKAGES = {
    "OFL-1.1": """liberation2 lato cantarell firacode comfortaa cabin cabinsketch dancingscript lobster lobstertwo inter inconsolata
        dosis ebgaramond quicksand quattrocento vollkorn kaushanscript kristi leckerli-one league-spartan league-mono junction
        junicode karla bebas-neue allerta anonymous-pro arapey averia-sans-gwf averia-serif-gwf b612 cardo comic-neue compagnon
        courier-prime croscore crosextra-carlito hermit humor-sans lemonada manrope national-park sil-andika sil-charis sil-gentium
        sora solide-mirage yanone-kaffeesatz yusei-magic reggae rocknroll stick dotgothic16 rampart cherrybomb apropal bajaderka
        fantasque-sans mononoki cmu stix havana gotico-antiqua le-murmure elstob ferrite-core noto-core eurofurence radisnoir
        okolaks opendin smiley-sans gnutypewriter linuxlibertine essays1743""",
    "Apache-2.0": "open-sans roboto-unhinted roboto-slab clear-sans crosextra-caladea",
    "Bitstream Vera": "dejavu-core hack",
    "MIT": "fanwood lindenhill agave monoid routed-gothic",
    "BSD-3-Clause": "go",
    "public domain": "prociono goudybookletter tuffy",
    "GUST Font License": "texgyre",
}
# Faces that are no plain letters: variable fonts, mathematics, symbols, ornaments, small capitals, other scripts.
SKIP = re.compile(r"\[|VF|variable|math|symbol|ornament|icon|emoji|SmallCap|SC[-.]|Initial|Keyboard|Swash|Swsh|STIXNon|STIXInt|STIXSiz|STIXVar|outline"
                  r"|Noto(?!Sans-|Serif-|Mono-|SansMono-|SansDisplay-|SerifDisplay-)|Linum_K|Code39|Unslanted", re.I)


def faces_of(package):
    """Up to FACES font files of a package whose ten letters are all there, differ from each other and from a missing glyph."""
    listed = subprocess.run(["dpkg", "-L", package], check=True, capture_output=True, text=True).stdout.split("\n")
    files = sorted(f for f in listed if re.search(r"\.(ttf|otf)$", f, re.I) and not SKIP.search(os.path.basename(f)))
    good, seen = [], set()
    for file in files:
        real = os.path.realpath(file)
        try:
            font = ImageFont.truetype(real, 72)
            glyphs = [mask(font, c) for c in LETTERS]
        except (OSError, ValueError):
            continue
        try:
            missing = mask(font, "\uffff").tobytes()
        except ValueError:  # drawn as nothing
            missing = None
        key = b"".join(g.tobytes() for g in glyphs)
        distinct = len({g.tobytes() for g in glyphs}) == len(LETTERS)
        readable = all(80 < np.asarray(g).sum() / 255 < 0.75 * BIG * BIG for g in glyphs)
        if distinct and readable and key not in seen and all(g.tobytes() != missing for g in glyphs):
            seen.add(key)
            good.append(file)
    picked = [good[round(i * (len(good) - 1) / max(1, min(FACES, len(good)) - 1))] for i in range(min(FACES, len(good)))]
    return list(dict.fromkeys(picked))


def mask(font, letter):
    """A letter, centred, capitals 72 units high before its variation."""
    left, top, right, bottom = font.getbbox(letter)
    if right <= left or bottom <= top:
        raise ValueError("empty glyph")
    image = Image.new("L", (BIG, BIG))
    ImageDraw.Draw(image).text(((BIG - right - left) / 2, (BIG - bottom - top) / 2), letter, fill=255, font=font)
    return image


def fit(file):
    """The font at the size where its tallest letter is 72 of 128 pixels high, and no letter is wider than 104."""
    probe = ImageFont.truetype(os.path.realpath(file), 100)
    boxes = [probe.getbbox(c) for c in LETTERS]
    scale = min(72 / max(b[3] - b[1] for b in boxes), 104 / max(b[2] - b[0] for b in boxes))
    return ImageFont.truetype(os.path.realpath(file), max(8, round(100 * scale)))


def draw(font, letter, rng):
    """One image: a letter turned, slanted, scaled and moved a little, on a shaded ground, with noise."""
    turn, slant = rng.uniform(-0.2, 0.2), rng.uniform(-0.2, 0.2)
    sx, sy = rng.uniform(0.75, 1.2), rng.uniform(0.75, 1.2)
    dx, dy = rng.uniform(-10, 10), rng.uniform(-10, 10)
    forward = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.array([[sx, slant * sy], [0, sy]])
    back, c = np.linalg.inv(forward), BIG / 2
    shift = np.array([c, c]) - back @ np.array([c + dx, c + dy])
    warp = (back[0, 0], back[0, 1], shift[0], back[1, 0], back[1, 1], shift[1])
    glyph = mask(font, letter).transform((BIG, BIG), Image.AFFINE, warp, Image.BICUBIC).resize((SIZE, SIZE), Image.BOX)
    ink = np.asarray(glyph, np.float64) / 255
    y, x = np.mgrid[0:SIZE, 0:SIZE] / (SIZE - 1) - 0.5
    ground = rng.uniform(20, 110) + rng.uniform(-60, 60) * x + rng.uniform(-60, 60) * y
    light = rng.uniform(150, 250)
    image = ground + ink * (light - ground) + rng.normal(0, rng.uniform(2, 14), ink.shape)
    return (np.clip(np.round(image / 8) * 8, 0, 248)).astype(np.uint8)  # 32 levels: half the bytes after compression


def part(families, per_class, rng):
    """`per_class` images of each letter, going through the faces as often as it takes. Shuffled."""
    fonts = [fit(f) for f in sorted(f for fs in families.values() for f in fs)]
    images, labels = [], []
    for label, letter in enumerate(LETTERS):
        order = np.concatenate([rng.permutation(len(fonts)) for _ in range(-(-per_class // len(fonts)))])[:per_class]
        images += [draw(fonts[i], letter, rng) for i in order]
        labels += [label] * per_class
    order = rng.permutation(len(images))
    return np.stack(images)[order][:, None], np.array(labels, np.uint8)[order]


def safetensors(tensors):
    header, offset = {}, 0
    for name, a in tensors.items():
        header[name] = {"dtype": "U8", "shape": list(a.shape), "data_offsets": [offset, offset + a.nbytes]}
        offset += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(a.tobytes() for a in tensors.values())


def main():
    licence = {"fonts-" + name: l for l, names in PACKAGES.items() for name in names.split()}
    if "--packages" in sys.argv:
        return print(" ".join(sorted(licence)))
    rng = np.random.RandomState(2023)
    families = {p: faces_of(p) for p in sorted(licence)}
    families = {p: f for p, f in families.items() if f}
    names = sorted(families)
    test_names = set(rng.permutation(names)[: round(TEST_SHARE * len(names))])
    tensors = {}
    for name, chosen in (("train", set(names) - test_names), ("test", test_names)):
        images, labels = part({p: families[p] for p in chosen}, PER_CLASS[name], rng)
        tensors[name + ".images"], tensors[name + ".labels"] = images, labels
    blob = gzip.compress(safetensors(tensors), 9, mtime=0)
    with open(os.path.join(ROOT, "letters.safetensors.gz"), "wb") as out:
        out.write(blob)
    version = lambda p: subprocess.run(["dpkg-query", "-W", "-f", "${Version}", p], check=True, capture_output=True, text=True).stdout
    rows = [f"| {p} | {version(p)} | {licence[p]} | {'test' if p in test_names else 'train'} | {', '.join(os.path.splitext(os.path.basename(f))[0] for f in families[p])} |" for p in names]
    with open(os.path.join(ROOT, "LETTERS.md"), "w") as out:
        out.write(f"""# The built-in data set

The letters A to J, 32 x 32 grey: {len(tensors['train.labels'])} training and {len(tensors['test.labels'])} test images, {PER_CLASS['train']} and {PER_CLASS['test']} a class. Each is one capital letter of one font face, turned, slanted,
scaled and moved a little, on a shaded ground with noise. The font packages of the two parts are different.

`letters.safetensors.gz` ({len(blob)} bytes, sha256 `{hashlib.sha256(blob).hexdigest()}`) holds `train.images`,
`train.labels`, `test.images`, `test.labels`, all uint8, images `[n, 1, 32, 32]`. `scripts/builtin-dataset.py` makes it, here with Pillow {pillow}
and numpy {np.__version__}. The images are under the licence of this repository; no font file is distributed.

Rendered from {sum(len(f) for f in families.values())} faces of {len(names)} Debian packages:

| package | version | licence | part | faces |
|---|---|---|---|---|
""" + "\n".join(rows) + "\n")
    print(len(blob), "bytes;", len(names), "packages;", sum(len(f) for f in families.values()), "faces")


main()
