"""The commit is read from the repository without starting git."""

import subprocess

import pytest

from experiments.commit import checked_out


@pytest.fixture
def repository(tmp_path):
    """Return a repository with one commit, and a function that runs git in it."""

    def git(*arguments, folder=tmp_path):
        options = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *options, *arguments], cwd=folder, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    git("commit", "--quiet", "--allow-empty", "--no-verify", "--message=x")
    return tmp_path, git


def test_the_commit_of_a_branch_is_found(repository):
    folder, git = repository
    assert checked_out(folder / ".git") == git("rev-parse", "HEAD")


def test_the_commit_of_a_packed_branch_is_found(repository):
    folder, git = repository
    git("pack-refs", "--all")
    assert checked_out(folder / ".git") == git("rev-parse", "HEAD")


def test_a_detached_commit_is_found(repository):
    folder, git = repository
    git("checkout", "--quiet", "--detach")
    assert checked_out(folder / ".git") == git("rev-parse", "HEAD")


def test_the_commit_of_a_linked_work_tree_is_found(repository):
    folder, git = repository
    git("worktree", "add", "--quiet", "-b", "other", str(folder / "tree"))
    git("commit", "--quiet", "--allow-empty", "--no-verify", "--message=y", folder=folder / "tree")
    assert checked_out(folder / "tree" / ".git") == git("rev-parse", "other")


def test_without_a_repository_or_commit_there_is_none(tmp_path):
    assert checked_out(tmp_path / ".git") is None
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    assert checked_out(tmp_path / ".git") is None
