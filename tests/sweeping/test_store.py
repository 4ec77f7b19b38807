"""The store: nothing finished is lost, nothing damaged is believed, nothing foreign is touched."""

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.answers import as_json
from experiments.exits import Failure
from experiments.sweeping import store as stores
from experiments.sweeping.design import digest_of
from experiments.sweeping.design_file import read_design
from experiments.sweeping.locking import Lock
from experiments.sweeping.points import Plan
from experiments.sweeping.store import Store
from experiments.sweeping.sweep import load_sweep

sys.path.append(str(Path(__file__).parent))
import runners


@pytest.fixture
def noted(swept, tmp_path, monkeypatch):
    """Sweep and return the object and the ids of the runs that were really done."""
    monkeypatch.setenv("NOTED", str(tmp_path / "noted"))

    def noted(folder="out", **changes):
        (tmp_path / "noted").write_text("")
        done = swept(folder, runner=runners.noting, **changes)
        return done, (tmp_path / "noted").read_text().split()

    return noted


@pytest.fixture
def parts_of_two(monkeypatch):
    """Write a part for every two runs."""
    monkeypatch.setattr(stores, "ROWS_PER_PART", 2)
    monkeypatch.setattr(stores, "FIRST_ROWS", 2)


def digest(done):
    return done.summary().digest


def parts(folder):
    return sorted((folder / "parts").glob("*.parquet"))


def test_the_same_design_again_runs_nothing_and_changes_no_byte(noted, tmp_path):
    first, runs = noted()
    assert len(runs) == len(set(runs)) == 12
    before = {path: path.read_bytes() for path in sorted((tmp_path / "out").rglob("*")) if path.suffix}
    again, more = noted()
    assert more == []
    assert digest(again) == digest(first)
    after = {path: path.read_bytes() for path in sorted((tmp_path / "out").rglob("*")) if path.suffix}
    assert {p for p in before if before[p] != after.get(p)} <= {tmp_path / "out" / "setup.lock"}


def test_more_replicates_keep_the_finished_ones(noted):
    noted(replicates=2)
    done, runs = noted(replicates=5)
    assert len(runs) == 9
    assert digest(done) == digest(noted("fresh", replicates=5)[0])


def test_more_levels_keep_the_finished_runs_and_renumber_the_points(noted):
    noted(factors={"residents.occupancy": [0.5, 1.0]})
    done, runs = noted(factors={"residents.occupancy": [0.5, 0.75, 1.0]})
    assert len(runs) == 4
    assert digest(done) == digest(noted("fresh")[0])
    numbers = done.frame().groupby("point")["factor.residents.occupancy"].first()
    assert list(numbers) == [0.5, 0.75, 1.0]


@pytest.mark.parametrize(("kind", "few", "many"), [("sobol", 4, 8), ("saltelli", 2, 4), ("morris", 2, 6)])
def test_more_samples_of_a_growing_design_keep_the_finished_runs(noted, kind, few, many):
    factors = {"residents.occupancy": None, "security.static": None}
    noted(design=kind, samples=few, factors=factors, replicates=1)
    done, runs = noted(design=kind, samples=many, factors=factors, replicates=1)
    fresh, all_runs = noted("fresh", design=kind, samples=many, factors=factors, replicates=1)
    assert 0 < len(runs) < len(all_runs)
    assert digest(done) == digest(fresh)


def test_points_that_are_the_same_facility_share_a_run_and_have_a_row_each(noted):
    factors = {"residents.occupancy": [0.95, 0.5]}
    done, runs = noted(design="one-at-a-time", factors=factors, replicates=2)
    assert len(runs) == 4
    frame = done.frame()
    assert len(frame) == 6
    assert list(frame[frame["replicate"] == 0]["factor.residents.occupancy"]) == [0.95, 0.95, 0.5]
    assert (
        frame.loc[frame["point"] == 0, "run_id"].tolist() == frame.loc[frame["point"] == 1, "run_id"].tolist()
    )


OTHERS = {
    "seed": ({"seed": 2}, "differs in seed \\(1 there, 2 here\\)"),
    "days": ({"days": 11}, "differs in days"),
    "burn-in": ({"burn_in_days": 5}, "differs in burn_in_days"),
    "scenario": (
        {"scenarios": ["detention-house"]},
        "differs in scenarios \\(tiny there, detention-house here",
    ),
    "kind": ({"design": "one-at-a-time"}, "differs in design \\(grid there, one-at-a-time here\\)"),
    "factor": ({"factors": {"security.static": [0.1]}}, "differs in factors"),
    "outputs": ({"outputs": ["tension"]}, "differs in outputs"),
    "keep": ({"keep": {"daily": 1}}, "differs in keep"),
    "start": ({"start": "warm"}, "differs in start"),
    "fewer replicates": ({"replicates": 3}, "holds a sweep of 4 replicates, this design has 3"),
    "fewer levels": ({"factors": {"residents.occupancy": [0.5]}}, "holds runs of points that this design"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_a_folder_of_another_sweep_is_refused_and_left_as_it_was(noted, tmp_path, case):
    changes, message = OTHERS[case]
    noted()
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.*") if path.suffix != ".lock"}
    with pytest.raises(Failure, match=message) as error:
        noted(**changes)
    assert error.value.code == 4
    assert "\n" not in str(error.value)
    after = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.*") if path.suffix != ".lock"}
    assert before == after


def test_another_model_is_refused(noted, monkeypatch):
    noted()
    monkeypatch.setattr("experiments.sweeping.design.source_digest", lambda: "another")
    with pytest.raises(Failure, match="differs in source of the model"):
        noted()


def test_a_latin_hypercube_says_that_it_cannot_grow(noted):
    noted(design="lhs", samples=3, factors={"residents.occupancy": None}, replicates=1)
    with pytest.raises(Failure, match="a Latin hypercube cannot grow, a sobol design can"):
        noted(design="lhs", samples=4, factors={"residents.occupancy": None}, replicates=1)


def test_a_folder_with_other_files_is_refused_and_left_alone(noted, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(Failure, match="holds files that are not results of a sweep") as error:
        noted()
    assert error.value.code == 4
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]


def test_a_second_writer_is_refused_in_one_line_and_readers_are_not(noted, design, tmp_path):
    first, _ = noted()
    store = Store(tmp_path / "out", Plan(read_design(design()))).open()
    try:
        with pytest.raises(Failure, match=r"in use by another sweep \(process \d+ on ") as error:
            noted()
        assert error.value.code == 4
        assert digest(load_sweep(tmp_path / "out")) == digest(first)
    finally:
        store.close()
    assert noted()[1] == []


def test_a_lock_that_nobody_holds_does_not_matter(noted, tmp_path):
    noted()
    (tmp_path / "out" / "lock").write_text("process 1 on elsewhere\n")
    assert noted()[1] == []


# --- damage --------------------------------------------------------------------------------------------


def test_a_damaged_part_is_set_aside_reported_and_its_runs_are_done_again(noted, tmp_path, parts_of_two):
    first, _ = noted(workers=1)
    victim = parts(tmp_path / "out")[1]
    rows = pq.read_metadata(victim).num_rows
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    with pytest.raises(Failure, match="does not match its checksum; run the sweep again") as error:
        load_sweep(tmp_path / "out").frame()
    assert error.value.code == 2
    done, runs = noted(workers=1)
    assert len(runs) == rows
    assert digest(done) == digest(first)
    assert any("does not match its checksum, set aside" in line for line in done.notices)
    assert (tmp_path / "out" / "set-aside" / victim.name).read_bytes() == bytes(content)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    is_part=st.booleans(),
    is_cut=st.booleans(),
    share=st.floats(0, 1, exclude_max=True),
    bit=st.integers(0, 7),
)
def test_no_cut_and_no_flip_of_any_stored_file_is_silent(noted, tmp_path, is_part, is_cut, share, bit):
    first, _ = noted("kept")
    folder = tmp_path / "kept"
    victim = parts(folder)[0] if is_part else folder / "manifest.json"
    whole = victim.read_bytes()
    place = int(share * len(whole))
    if is_cut:
        victim.write_bytes(whole[:place])
    else:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << bit
        victim.write_bytes(flipped)
    with pytest.raises(Failure) as error:
        load_sweep(folder).frame()
    assert error.value.code == 2
    done, _ = noted("kept")
    assert done.notices
    assert digest(done) == digest(first)


def test_a_missing_part_is_reported_and_its_runs_are_done_again(noted, tmp_path, parts_of_two):
    first, _ = noted(workers=1)
    victim = parts(tmp_path / "out")[0]
    rows = pq.read_metadata(victim).num_rows
    victim.unlink()
    done, runs = noted(workers=1)
    assert len(runs) == rows
    assert any("is missing" in line for line in done.notices)
    assert digest(done) == digest(first)


def test_a_part_that_no_manifest_lists_yet_is_taken_in(noted, tmp_path, parts_of_two):
    first, _ = noted(workers=1)
    folder = tmp_path / "out"
    path = folder / "manifest.json"
    content = json.loads(path.read_text())
    del content["check"], content["parts"][-2:]
    content["check"] = digest_of(content)
    path.write_text(as_json(content) + "\n")
    done, runs = noted(workers=1)
    assert runs == []
    assert digest(done) == digest(first)


def test_without_its_manifest_a_folder_is_read_from_its_parts(noted, tmp_path):
    first, _ = noted()
    (tmp_path / "out" / "manifest.json").unlink()
    done, runs = noted()
    assert runs == []
    assert digest(done) == digest(first)


def test_without_its_manifest_a_folder_of_another_sweep_is_refused_all_the_same(noted, tmp_path):
    noted()
    (tmp_path / "out" / "manifest.json").unlink()
    with pytest.raises(Failure, match="belongs to another sweep"):
        noted(seed=2)


def test_half_written_files_are_no_parts_and_are_cleared_away(noted, tmp_path):
    first, _ = noted()
    left = tmp_path / "out" / "parts" / ".writing-1-part-0-000009-0123456789abcdef.parquet"
    left.write_bytes(b"half")
    strange = tmp_path / "out" / "parts" / "mine.parquet"
    strange.write_bytes(b"whatever")
    (tmp_path / "out" / "warm").mkdir()
    state = tmp_path / "out" / "warm" / ".writing-1-0123456789abcdef.state"
    state.write_bytes(b"half")
    done, runs = noted()
    assert runs == []
    assert digest(done) == digest(first)
    assert not left.exists()
    assert not state.exists()
    assert not strange.exists()
    assert (tmp_path / "out" / "set-aside" / "mine.parquet").read_bytes() == b"whatever"


@pytest.mark.parametrize("moment", range(1, 12))
def test_whenever_writing_stops_nothing_is_lost_or_doubled(
    noted, tmp_path, monkeypatch, moment, parts_of_two
):
    """The disk takes no more after so many files; then it has room again."""
    from experiments.sweeping import manifest
    from experiments.sweeping import parts as parts_module
    from experiments.sweeping.files import write_atomically

    written = 0

    def failing(path, content):
        nonlocal written
        written += 1
        if written >= moment:
            raise OSError(28, "No space left on device")
        write_atomically(path, content)

    for module in (manifest, parts_module):
        monkeypatch.setattr(module, "write_atomically", failing)
    with pytest.raises(Failure, match="No space left on device") as error:
        noted(workers=1)
    assert error.value.code == 1
    assert "\n" not in str(error.value)
    for module in (manifest, parts_module):
        monkeypatch.setattr(module, "write_atomically", write_atomically)
    done, _ = noted(workers=1)
    assert len(done.frame()) == 12
    assert digest(done) == digest(noted("fresh")[0])


def test_a_full_disk_in_the_burn_in_ends_the_sweep_and_blames_no_run(noted, monkeypatch):
    from experiments.sweeping import warm
    from experiments.sweeping.files import write_atomically

    def full(path, content):
        if len(list(path.parent.iterdir())) == 2:
            raise OSError(28, "No space left on device")
        write_atomically(path, content)

    monkeypatch.setattr(warm, "write_atomically", full)
    with pytest.raises(Failure, match="cannot be written \\(No space left on device") as error:
        noted(start="warm", workers=1)
    assert error.value.code == 1
    monkeypatch.setattr(warm, "write_atomically", write_atomically)
    done, _ = noted(start="warm", workers=1)
    assert (len(done.frame()), done.summary().failures) == (12, [])


@pytest.mark.parametrize("moment", range(1, 5))
def test_a_renumbering_that_stops_midway_is_done_again(noted, tmp_path, monkeypatch, moment, parts_of_two):
    from experiments.sweeping import manifest
    from experiments.sweeping import parts as parts_module
    from experiments.sweeping.files import write_atomically

    noted(factors={"residents.occupancy": [0.5, 1.0]}, workers=1)
    written = 0

    def failing(path, content):
        nonlocal written
        written += 1
        if written >= moment:
            raise KeyboardInterrupt
        write_atomically(path, content)

    for module in (manifest, parts_module):
        monkeypatch.setattr(module, "write_atomically", failing)
    with pytest.raises(KeyboardInterrupt):
        noted(workers=1)
    for module in (manifest, parts_module):
        monkeypatch.setattr(module, "write_atomically", write_atomically)
    done, _ = noted(workers=1)
    assert len(done.frame()) == 12
    assert sum(pq.read_metadata(path).num_rows for path in parts(tmp_path / "out")) == 12
    assert digest(done) == digest(noted("fresh")[0])


# --- layout ----------------------------------------------------------------------------------------------


def test_rows_have_the_agreed_columns(swept):
    frame = swept(runner=runners.quick).frame()
    outputs = ["true_incidents", "tension", "recorded_share"]
    assert list(frame.columns) == [
        *("run_id", "scenario", "point", "replicate", "seed", "status", "reason", "digest", "seconds"),
        "factor.residents.occupancy",
        *outputs,
        *(f"{name}.weight" for name in outputs),
    ]
    assert frame["run_id"].is_unique


def test_the_manifest_lists_every_part_with_rows_and_sha256(swept, tmp_path, parts_of_two):
    import hashlib

    swept(runner=runners.quick)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {"schema", "version", "commit", "design", "parts"} <= set(manifest)
    assert len(manifest["parts"]) > 1
    for entry in manifest["parts"]:
        path = tmp_path / "out" / entry["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
        assert pq.read_metadata(path).num_rows == entry["rows"]
    assert sum(entry["rows"] for entry in manifest["parts"]) == 12
    assert {p.relative_to(tmp_path / "out").as_posix() for p in parts(tmp_path / "out")} == {
        entry["file"] for entry in manifest["parts"]
    }


def test_the_first_part_is_there_long_before_the_end(swept, tmp_path):
    seen = []

    def looking(task, going):
        seen.append(len(parts(tmp_path / "out")))
        return runners.lasting(task, going)

    swept(runner=looking, replicates=12)
    assert seen[-1] >= 1


def test_daily_series_and_ledgers_are_kept_for_the_sample(swept):
    done = swept(keep={"daily": {"points": [1], "replicates": 2}, "ledger": 1})
    daily, ledger = done.daily(), done.ledger()
    frame = done.frame()
    chosen = frame[(frame["point"] == 1) & (frame["replicate"] < 2)]
    assert set(daily["run_id"]) == set(chosen["run_id"])
    assert len(daily) == 2 * 10
    assert {"day", "kind", "unit", "channel"} <= set(ledger.columns)
    assert set(ledger["run_id"]) <= set(frame[frame["replicate"] == 0]["run_id"])
    assert swept("plain").daily() is None


def test_ledgers_of_parts_in_which_nothing_happened_are_read_with_the_others(swept, parts_of_two):
    quiet = {"conflict.damage_rate": 0, "encounters.quarrel": 0, "encounters.friction": 0, "run.days": 1}
    points = [quiet, {"run.days": 300}]
    ledger = swept(design=None, factors=None, points=points, keep={"ledger": 4}, workers=1).ledger()
    assert len(ledger) > 0


def test_an_equals_sign_in_the_name_of_a_folder_adds_no_column(swept):
    columns = swept("plain", runner=runners.quick).frame().columns
    assert list(swept("seed=9/out", runner=runners.quick).frame().columns) == list(columns)


def test_a_damaged_series_is_made_again(swept, tmp_path):
    first = swept(keep={"daily": 1}).daily()
    (file,) = (tmp_path / "out" / "daily").glob("*.parquet")
    file.write_bytes(file.read_bytes()[:-40])
    again = swept(keep={"daily": 1})
    assert again.notices
    assert (
        again.daily()
        .sort_values(["run_id", "day"], ignore_index=True)
        .equals(first.sort_values(["run_id", "day"], ignore_index=True))
    )


def test_a_lock_can_be_shared_or_held_alone(tmp_path):
    one, other = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert one.share()
    assert other.share()
    assert not other.take()
    one.release()
    assert other.take()
    assert not one.share()
    other.release()
    assert one.take()
    one.release()
