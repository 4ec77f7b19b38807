import pytest

from scenarios import ScenarioError, load

MINIMAL = "name: tiny\nfacility: {units: [{name: house, places: 12}]}\n"


@pytest.fixture
def minimal():
    return MINIMAL


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a file into the (empty) current folder and return its name."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="a.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8")
        return name

    return write


@pytest.fixture
def errors():
    """Return the error lines with which a reference is refused."""

    def errors(reference, **options):
        with pytest.raises(ScenarioError) as caught:
            load(reference, **options)
        lines = str(caught.value).split("\n")
        assert lines == [str(problem) for problem in caught.value.problems]
        return lines

    return errors
