"""Mutate an extract as a file: its encoding, its bytes, its manifest."""

from __future__ import annotations

import copy
import gzip
import io
import json
import random
import zipfile

from documents import Original
from mutated import Mutated, of_bytes

# --- Encodings -----------------------------------------------------------------------------


def encoding(original: Original, chance: random.Random) -> Mutated:
    if original.kind in ("xlsx", "xls"):
        return container(original, chance)
    text = original.data.decode("utf-8")
    how = chance.choice(
        ("cp1251", "latin-1", "utf-16", "utf-16-le", "utf-32", "bom", "mojibake", "crlf", "cr",
         "nul", "lone", "overlong")
    )  # fmt: skip
    if how == "bom":
        return of_bytes(original, b"\xef\xbb\xbf" + original.data, how, same=True)
    if how == "crlf":
        return of_bytes(original, text.replace("\n", "\r\n").encode(), how, same=True)
    at = chance.randrange(len(text))
    made = {
        "mojibake": lambda: text.encode().decode("cp1251", errors="replace").encode(),
        "cr": lambda: text.replace("\n", "\r").encode(),
        "nul": lambda: (text[:at] + "\0" + text[at:]).encode(),
        "lone": lambda: text[:at].encode() + b"\xed\xa0\x80" + text[at:].encode(),
        "overlong": lambda: text[:at].encode() + b"\xc0\xaf" + text[at:].encode(),
    }
    if how in made:
        return of_bytes(original, made[how](), f"{how} at {at}")
    return of_bytes(original, text.encode(how, errors="replace"), how)


def container(original: Original, chance: random.Random) -> Mutated:
    """A workbook packed anew, or with a part missing, doubled or emptied."""
    if original.kind == "xls":
        return bytes_changed(original, chance)
    how = chance.choice(("stored", "dropped", "emptied", "doubled", "dtd", "cut"))
    with zipfile.ZipFile(io.BytesIO(original.data)) as archive:
        parts = [(one.filename, archive.read(one)) for one in archive.infolist()]
    at = chance.randrange(len(parts))
    name, content = parts[at]
    if how == "dropped":
        del parts[at]
    elif how == "emptied":
        parts[at] = (name, b"")
    elif how == "doubled":
        parts.append((name, content))
    elif how == "cut":
        parts[at] = (name, content[: chance.randrange(len(content) or 1)])
    elif how == "dtd":
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        end = content.find(b"?>") + 2
        parts[at] = (name, content[:end] + bomb + content[end:])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for one, data in parts:
            archive.writestr(zipfile.ZipInfo(one), data)
    return of_bytes(original, out.getvalue(), f"part {name} {how}", same=how == "stored")


# --- Bytes ---------------------------------------------------------------------------------


def bytes_changed(original: Original, chance: random.Random) -> Mutated:
    data = bytearray(original.data)
    how = chance.choice(("flipped", "other", "truncated", "end", "inserted", "zeroed", "removed",
                         "packed"))  # fmt: skip
    at, length = chance.randrange(len(data)), chance.choice((1, 2, 7, 100))
    if how == "packed":
        packed = bytearray(gzip.compress(original.data, mtime=0))
        harm = chance.choice(("none", "cut", "flipped"))
        at = chance.randrange(len(packed))
        if harm == "cut":
            del packed[at:]
        elif harm == "flipped":
            packed[at] ^= 1 << chance.randrange(8)
        same = harm == "none" and original.kind in ("json", "csv")
        return of_bytes(original, bytes(packed), f"packed with gzip, {harm} at {at}", same=same)
    if how == "flipped":
        data[at] ^= 1 << chance.randrange(8)
    elif how == "other":
        data[at] = chance.randrange(256)
    elif how == "truncated":
        del data[at:]
    elif how == "end":
        del data[-min(length, len(data) - 1) :]
    elif how == "inserted":
        data[at:at] = chance.choice((chance.randbytes(length), b"7", b"0", b"\n", b",", b'"'))
    elif how == "zeroed":
        data[at : at + length] = bytes(len(data[at : at + length]))
    else:
        del data[at : at + length]
    return of_bytes(original, bytes(data), f"bytes {how} at {at} ({length})")


# --- Manifests -----------------------------------------------------------------------------


def manifest(original: Original, chance: random.Random) -> Mutated:
    told = copy.deepcopy(original.sidecar)
    key, lie = chance.choice(
        (
            ("publisher", "idmc"), ("publisher", "unhcr"), ("publisher", 5), ("dataset", "other"),
            ("dataset", "population"), ("release", "2019"), ("release", "2023-mid"),
            ("release", "1999"), ("release", ["2024"]), ("rows", 1), ("rows", "many"),
            ("rows", True), ("rows", told["rows"] + 1), ("scope", "KGZ"), ("scope", ["ALL"]),
            ("scope", ["KAZ"]), ("scope", ["QQQ"]), ("scope", [5]), ("scope", ["KGZ", "UZB"]),
            ("link", 7), ("further", "thing"), ("release", None), ("scope", None),
        )
    )  # fmt: skip
    same = told.get(key) == lie or key == "further"
    told[key] = lie
    text = json.dumps(told, ensure_ascii=False)
    if chance.random() < 0.2:
        same = False
        text = chance.choice((text[: len(text) // 2], "[]", "7", "", f"{text}}}", "\x00", "null"))
        key, lie = "the whole", text[:20]
    return Mutated(original.data, text, f"manifest: {key} says {lie!r}", same)
