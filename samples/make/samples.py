"""The committed samples: small files, every kind of scan and every layout, chosen by hand."""

from __future__ import annotations

from samples.make.scans import Recipe

# name, what it shows: (see samples/README.md)
RECIPES: tuple[Recipe, ...] = (
    Recipe(
        "single-flatbed.pdf", 101, "flatbed", reports=3, short=True, font="Sarabun", dpi=300, quality=42,
        style={"pairs": "single", "progress": "inline", "header": "page", "certificate": "right"},
    ),
    Recipe(
        "pairs-flatbed.tif", 102, "flatbed", reports=4, short=True, font="Laksaman", dpi=200, quality=45,
        style={"pairs": "table", "progress": "cells", "rules": "all", "widths": (15, 15, 18)},
    ),
    Recipe(
        "three-records-feeder.pdf", 103, "feeder", records=3, reports=2, short=True, font="Sarabun", quality=42,
        style={"pairs": "tabs", "progress": "merged", "rules": "none", "header": "page"},
    ),
    Recipe(
        "copies-copier.tif", 104, "copier", copies=2, reports=5, short=True, font="Norasi", dpi=200,
        style={"pairs": "table", "progress": "cells", "rules": "none", "header": "page"}, marks=("holes",),
    ),
    Recipe(
        "tables-fax.tif", 105, "fax", reports=6, short=True, font="Garuda", dpi=200,
        style={"pairs": "tabs", "progress": "cells", "rules": "all", "widths": (14, 13, 14)},
    ),
    Recipe(
        "coarse-fax.pdf", 106, "fax", reports=2, short=True, font="Loma", dpi=150,
        style={"pairs": "single", "progress": "stacked", "size": 14},
    ),
    Recipe(
        "faded-copy.pdf", 107, "faded", reports=2, short=True, font="Sarabun", quality=38,
        style={"pairs": "table", "progress": "cells", "rules": "rows"}, marks=("staple",),
    ),
    Recipe(
        "faded-tables.tif", 108, "faded", reports=3, short=True, font="Niramit", quality=38,
        style={"pairs": "tabs", "progress": "split", "rules": "frame", "thai_numbers": True, "dates": "slashes"},
    ),
    Recipe(
        "phone-photos", 109, "phone", reports=3, short=True, font="Sarabun", dpi=180, quality=50,
        style={"pairs": "table", "progress": "cells", "rules": "none"},
    ),
    Recipe(
        "phone-turned", 110, "phone", reports=2, short=True, font="Trirong", dpi=180, quality=50, turns=(1, 0),
        style={"pairs": "single", "progress": "inline"},
    ),
    Recipe(
        "turned-backs-copier.pdf", 111, "copier", reports=4, short=True, font="IBM Plex Sans Thai Looped", dpi=200,
        turns=(0, 2, 1), backs=True, marks=("holes", "staple"), style={"pairs": "table", "progress": "cells", "rules": "frame"},
    ),
    Recipe(
        "stamped-colour.pdf", 112, "flatbed", reports=3, short=True, font="Sarabun", dpi=200, quality=45, marks=("stamp",),
        style={"pairs": "table", "progress": "merged", "rules": "rows", "certificate": "right"},
    ),
    Recipe(
        "long-copier.pdf", 113, "copier", reports=12, font="Kinnari", dpi=300,
        style={"pairs": "tabs", "progress": "cells", "rules": "none", "widths": (16, 15, 17), "header": "page"}, marks=("fold",),
    ),
    Recipe(
        "no-reports-feeder.tif", 114, "feeder", reports=0, short=True, font="Umpush", quality=42,
        style={"pairs": "dates together", "dates": "slashes", "blank": "..................................."},
    ),
)  # fmt: skip
