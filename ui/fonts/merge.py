#!/usr/bin/env python3
"""Makes one weight of "Motcua Sans" out of Be Vietnam Pro and Noto Sans Khmer.

    merge.py LATIN.ttf KHMER.ttf WEIGHT STYLE OUT.ttf
    merge.py BeVietnamPro-Regular.ttf NotoSansKhmer-Regular.ttf 400 Regular MotcuaSans-Regular.ttf

One family has to hold every script: a renderer that is given a bundled family does not look for a glyph
elsewhere, and Khmer is then blank without an error. The Khmer is enlarged so that it reads as large as the
Latin beside it, the figures are made equally wide (no font feature can be asked for where this font is
used), kerning with figures goes, and all four weights share their vertical metrics.
Needs fontTools 4.38 or later. The same input and the same fontTools give the same bytes.
"""

import sys
import tempfile
from array import array
from pathlib import Path

from fontTools import subset
from fontTools.merge import Merger
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.ttLib.tables._g_l_y_f import GlyphCoordinates, flagOnCurve

from signs import add_glyph, add_signs

FAMILY = "Motcua Sans"
VERSION = "1.000"

# Khmer letters are drawn with more detail in the same height and are read at 1.2 times the size.
KHMER_SCALE = 1.2

# The tallest Vietnamese capital (Ẳ, ExtraBold) reaches 1231, Khmer with a vowel and a sign 1256; Khmer with
# a subscript and a vowel below it (កម្ពុជា) goes down to -648. Subscripts of two levels, which no word of the
# language needs, reach -964 and may touch the line below.
ASCENT, DESCENT = 1260, 650

LATIN_FEATURES = ["ccmp", "locl", "kern", "mark", "mkmk"]
DIGITS = "0123456789"
SPACES = {0x2002: 500, 0x2003: 1000, 0x2009: 200, 0x200A: 100, 0x202F: 200}
# Without a glyph of their own, a renderer would search other fonts for these invisible characters.
INVISIBLE = [0x200E, 0x200F, 0x2060, 0xFE0E, 0xFE0F, 0xFEFF]


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    latin_path, khmer_path, weight, style, out = sys.argv[1:]
    latin = TTFont(latin_path, recalcTimestamp=False)
    khmer = TTFont(khmer_path, recalcTimestamp=False)
    created, modified = latin["head"].created, latin["head"].modified

    subset_latin(latin)
    freeze_figures(latin)
    add_spaces(latin)
    add_signs(latin)
    subset_khmer(khmer)
    scale_upem(khmer, round(latin["head"].unitsPerEm * KHMER_SCALE))
    khmer["head"].unitsPerEm = latin["head"].unitsPerEm

    merged = merge(latin, khmer)
    copyrights = [TTFont(path)["name"].getDebugName(0) for path in (latin_path, khmer_path)]
    set_names(merged, int(weight), style, copyrights)
    set_metrics(merged)
    merged["head"].created, merged["head"].modified = created, modified
    merged["post"].formatType = 3.0
    merged.recalcTimestamp = False
    merged.save(out)


def reduce(font, unicodes, features):
    options = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.drop_tables += ["DSIG", "gasp"]
    options.glyph_names = True
    options.notdef_outline = True
    options.name_IDs = ["*"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=unicodes)
    subsetter.subset(font)


def subset_latin(font):
    reduce(font, set(font.getBestCmap()), LATIN_FEATURES)


def subset_khmer(font):
    """Khmer letters, signs, lunar symbols, joiners and the dotted circle; the rest is the Latin font's."""
    blocks = [*range(0x1780, 0x1800), *range(0x19E0, 0x1A00), 0x200B, 0x200C, 0x200D, 0x25CC]
    reduce(font, set(blocks) & set(font.getBestCmap()), ["*"])


def freeze_figures(font):
    """Gives every figure the width of the zero, a foot to the one so that it fills it, and no kerning."""
    cmap, glyf, hmtx = font.getBestCmap(), font["glyf"], font["hmtx"]
    cell = hmtx[cmap[ord("0")]][0]
    names = [cmap[ord(digit)] for digit in DIGITS]
    minus = glyf[cmap[ord("−")]]
    add_foot(glyf, cmap[ord("1")], minus.yMax - minus.yMin)
    for name in names:
        glyph = glyf[name]
        shift = round((cell - glyph.xMin - glyph.xMax) / 2)
        glyph.coordinates.translate((shift, 0))
        glyph.recalcBounds(glyf)
        hmtx[name] = (cell, glyph.xMin)
    drop_kerning(font, set(names))


def add_foot(glyf, name, thickness):
    """Lets the stem of the one, whose end is its only edge on the baseline, stand on a bar."""
    glyph = glyf[name]
    points = list(zip(glyph.coordinates, glyph.flags))
    stem = next(i for i in range(len(points) - 1) if points[i][0][1] == 0 == points[i + 1][0][1])
    first, second = points[stem][0][0], points[stem + 1][0][0]
    middle = (first + second) / 2
    reach = abs(first - second) / 2 + 125
    side = 1 if first > second else -1
    outline = [
        (first, thickness),
        (middle + side * reach, thickness),
        (middle + side * reach, 0),
        (middle - side * reach, 0),
        (middle - side * reach, thickness),
        (second, thickness),
    ]
    bar = [((round(x), round(y)), flagOnCurve) for x, y in outline]
    points[stem : stem + 2] = bar
    glyph.coordinates = GlyphCoordinates([point for point, _ in points])
    glyph.flags = array("B", [flag for _, flag in points])
    glyph.endPtsOfContours = [len(points) - 1]
    glyph.recalcBounds(glyf)


def drop_kerning(font, names):
    """Takes the glyphs out of every kerning pair: a column of amounts must not move with its figures."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            if type(table).__name__ != "PairPos":
                continue
            kept = [i for i, glyph in enumerate(table.Coverage.glyphs) if glyph not in names]
            if table.Format == 1:
                table.PairSet = [table.PairSet[i] for i in kept]
                for pairs in table.PairSet:
                    pairs.PairValueRecord = [r for r in pairs.PairValueRecord if r.SecondGlyph not in names]
                    pairs.PairValueCount = len(pairs.PairValueRecord)
                table.PairSetCount = len(table.PairSet)
            else:
                for classes in (table.ClassDef1.classDefs, table.ClassDef2.classDefs):
                    for glyph in names & set(classes):
                        del classes[glyph]
            table.Coverage.glyphs = [table.Coverage.glyphs[i] for i in kept]


def add_spaces(font):
    for codepoint, advance in SPACES.items():
        if codepoint not in font.getBestCmap():
            add_glyph(font, codepoint, TTGlyphPen(None).glyph(), advance)
    for codepoint in INVISIBLE:
        add_glyph(font, codepoint, TTGlyphPen(None).glyph(), 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[0x2011] = table.cmap[ord("-")]


def merge(latin, khmer):
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("latin.ttf", "khmer.ttf")]
        latin.save(paths[0])
        khmer.save(paths[1])
        return Merger().merge(paths)


def set_names(font, weight, style, copyrights):
    """One family name on all weights, told apart by weight class: they are bundled, never installed."""
    entries = {
        0: " ".join(copyrights),
        1: FAMILY,
        2: style,
        3: f"{VERSION};{FAMILY.replace(' ', '')}-{style}",
        4: f"{FAMILY} {style}",
        5: f"Version {VERSION}",
        6: f"{FAMILY.replace(' ', '')}-{style}",
        13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        14: "https://openfontlicense.org",
    }
    font["name"].names = []
    for name_id, text in entries.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    os2 = font["OS/2"]
    os2.usWeightClass = weight
    bold = weight == 700
    # USE_TYPO_METRICS, and BOLD or REGULAR.
    os2.fsSelection = (1 << 7) | (1 << 5 if bold else 1 << 6)
    font["head"].macStyle = 1 if bold else 0


def set_metrics(font):
    hhea, os2 = font["hhea"], font["OS/2"]
    hhea.ascent = os2.sTypoAscender = os2.usWinAscent = ASCENT
    hhea.descent = os2.sTypoDescender = -DESCENT
    os2.usWinDescent = DESCENT
    hhea.lineGap = os2.sTypoLineGap = 0


if __name__ == "__main__":
    main()
