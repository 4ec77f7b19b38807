"""One folder of parts (a sweep's, or a shard's): brought into order before anything is written to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments import exits
from experiments.sweeping.design import digest_of
from experiments.sweeping.files import remove_partial, sha256_of
from experiments.sweeping.manifest import NAME, DamagedError, Manifest, read_manifest
from experiments.sweeping.parts import PartName, about_of, read_part

PARTS = "parts"
KEPT = ("daily", "ledger")
ASIDE = "set-aside"
LOCK = "lock"
SETUP_LOCK = "setup.lock"
WARM = "warm"
SHARDS = "shard-*-of-*"


@dataclass(slots=True)
class PartsFolder:
    """A folder with a manifest and parts; ``notices`` tell what was found wrong and what was done."""

    path: Path
    manifest: Manifest | None = None
    notices: list[str] = field(default_factory=list)

    # --- bringing into order -----------------------------------------------------------------------

    def put_in_order(self, identity: Mapping[str, Any]) -> None:
        """Read the manifest, check every part against it, take in finished parts it does not know.

        What does not match its checksum is moved to ``set-aside``; its runs are done again.  Raises
        ``Failure`` with exit code 4, before anything is changed, when the folder holds another sweep.
        """
        damaged = ""
        try:
            self.manifest = read_manifest(self.path)
        except DamagedError as error:
            damaged = str(error)
        self._refuse_other(identity)
        for place in (self.path, *(self.path / name for name in (PARTS, *KEPT))):
            remove_partial(place)
        if damaged:
            self._set_aside(self.path / NAME)
            self.notices.append(f"{damaged}; set aside, made anew from the parts")
        if self.manifest is None:
            generation = max((name.generation for name, _ in self._named()), default=0)
            self.manifest = Manifest({}, identity, generation)
        changed = self._check_listed(self.manifest)
        changed |= self._take_in(self.manifest, digest_of(identity))
        if changed or damaged:
            self.manifest.write(self.path)

    def _refuse_other(self, identity: Mapping[str, Any]) -> None:
        if self.manifest is not None:
            refuse_other(self.path, self.manifest.identity, identity)
            return
        wanted = digest_of(identity)
        for _, path in self._named():
            found = about_of(path).get("identity")
            if found is not None and found != wanted:
                raise exits.Failure(f"{self.path}: belongs to another sweep; use another --out", exits.IN_USE)

    def _named(self) -> Iterator[tuple[PartName, Path]]:
        for path in sorted((self.path / PARTS).glob("*.parquet")):
            name = PartName.of(path.name)
            if name is not None:
                yield name, path

    def _check_listed(self, manifest: Manifest) -> bool:
        """Keep the listed parts that are as they were written; set the others aside."""
        good = []
        for entry in manifest.parts:
            bad = [file for file in (entry, *entry.get("kept", ())) if not self._is_whole(file)]
            if not bad:
                good.append(entry)
                continue
            for file in bad:
                path = self.path / file["file"]
                state = "does not match its checksum, set aside" if path.exists() else "is missing"
                self.notices.append(f"{path}: {state}; its runs are done again")
            self._set_aside(self.path / entry["file"])
            for file in entry.get("kept", ()):
                self._set_aside(self.path / file["file"])
        changed = len(good) != len(manifest.parts)
        manifest.parts = good
        return changed

    def _is_whole(self, entry: Mapping[str, Any]) -> bool:
        return bool(sha256_of(self.path / entry["file"]) == entry["sha256"])

    def _take_in(self, manifest: Manifest, identity: str) -> bool:
        """Take in parts that were finished but not listed yet; remove what a rewriting left over."""
        listed = {file["file"] for entry in manifest.parts for file in (entry, *entry.get("kept", ()))}
        changed = False
        for path in sorted((self.path / PARTS).glob("*.parquet")):
            if f"{PARTS}/{path.name}" in listed:
                continue
            name = PartName.of(path.name)
            if name is not None and name.generation != manifest.generation:
                path.unlink()
                continue
            entry = self._found(path, name, identity)
            if entry is None:
                self._set_aside(path)
                self.notices.append(f"{path}: is no whole part of this sweep, set aside")
                continue
            manifest.parts.append(entry)
            changed = True
        manifest.parts.sort(key=lambda entry: str(entry["file"]))
        self._drop_unlisted(manifest)
        return changed

    def _found(self, path: Path, name: PartName | None, identity: str) -> dict[str, Any] | None:
        """Return the entry of a part that no manifest lists, if it is whole and of this sweep."""
        sha256 = sha256_of(path) or ""
        if name is None or not sha256.startswith(name.digits):
            return None
        about = about_of(path)
        if about.get("identity") != identity:
            return None
        kept = about.get("kept", [])
        if not all(self._is_whole(file) for file in kept):
            return None
        entry = {"file": f"{PARTS}/{path.name}", "rows": read_part(path).num_rows, "sha256": sha256}
        return {**entry, "kept": kept} if kept else entry

    def _drop_unlisted(self, manifest: Manifest) -> None:
        """Remove daily series and ledgers of runs whose part was never finished: they are done again."""
        kept = {file["file"] for entry in manifest.parts for file in entry.get("kept", ())}
        for name in KEPT:
            for path in (self.path / name).glob("*.parquet"):
                if f"{name}/{path.name}" not in kept:
                    path.unlink()

    def _set_aside(self, path: Path) -> None:
        if not path.exists():
            return
        place = self.path / ASIDE
        place.mkdir(exist_ok=True)
        target, copy = place / path.name, 1
        while target.exists():
            target, copy = place / f"{path.name}.{copy}", copy + 1
        path.replace(target)

    # --- reading -----------------------------------------------------------------------------------

    def part_paths(self) -> list[Path]:
        """Return the parts that the manifest lists."""
        return [] if self.manifest is None else [self.path / entry["file"] for entry in self.manifest.parts]


def refuse_other(path: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise ``Failure`` with exit code 4 when a folder belongs to another sweep, naming what differs."""
    if digest_of(dict(found)) == digest_of(dict(wanted)):
        return
    keys = [*found, *(key for key in wanted if key not in found)]
    key = next((key for key in keys if digest_of(found.get(key)) != digest_of(wanted.get(key))), "design")
    plain = (str, int, list)
    there, here = found.get(key), wanted.get(key)
    values = ""
    if isinstance(there, plain) and isinstance(here, plain) and len(f"{there}{here}") <= 160:
        values = f" ({_words(there)} there, {_words(here)} here)"
    raise exits.Failure(
        f"{path}: belongs to a sweep that differs in {key}{values}; use another --out", exits.IN_USE
    )


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def folders_of(root: Path) -> list[Path]:
    """Return the folders of a sweep that hold parts: its own and those of its shards."""
    return [root, *(path for path in sorted(root.glob(SHARDS)) if path.is_dir())]
