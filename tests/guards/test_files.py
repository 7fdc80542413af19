"""What must not be in the repository's files, and versions that must agree between them."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.embedded.binaries import MAJOR_VERSION

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
REQUIREMENT = re.compile(r"^(?P<name>[a-z0-9.-]+)==(?P<version>[^ ;]+)(?P<marker> ; [^\\]+)? \\$")


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def locked(name: str) -> dict[str, str]:
    versions = {}
    for line in (ROOT / name).read_text(encoding="ascii").splitlines():
        if line.startswith(" "):
            assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), line
            continue
        found = REQUIREMENT.match(line)
        assert found, f"{name}: {line!r} is neither a pinned version nor a hash"
        versions[found["name"]] = found["version"]
    return versions


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_versions_and_hashes_and_no_address(name: str) -> None:
    assert len(locked(name)) > 20
    assert "://" not in (ROOT / name).read_text(encoding="ascii")


def test_development_runs_what_production_runs() -> None:
    runtime, development = map(locked, LOCKS)
    assert {name: development.get(name) for name in runtime} == runtime


def test_every_direct_dependency_is_locked_and_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    normal = {"runtime": project["project"]["dependencies"], "development": project["dependency-groups"]["dev"]}
    for group, lock in zip(normal.values(), LOCKS, strict=True):
        for requirement in group:
            name = re.split(r"[\[<>=]", requirement)[0].lower()
            assert name in locked(lock), f"{name} is not in {lock}: make lock"
            (line,) = [line for line in text.splitlines() if f'"{requirement}"' in line]
            assert re.search(r"# .{10,}", line), f"{name}: one line saying why it is there"


def test_no_lock_with_download_addresses_is_committed() -> None:
    banned = {"uv.lock", "pylock.toml", "package-lock.json", "poetry.lock", "Pipfile.lock", "yarn.lock"}
    assert not [path for path in tracked() if path.name in banned]


def test_no_package_registry_and_no_machine_path_anywhere() -> None:
    hosts = (
        "pypi" + ".org",
        "python" + "hosted",
        "registry.npm" + "js",
        "deb.debian" + ".org",
        "/ro" + "ot/",
        "/wo" + "rk/",
    )
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            text = data.decode("utf-8", "replace")
            found += [f"{path.relative_to(ROOT)}: {host}" for host in hosts if host in text]
    allowed = {"config/embedded/"}  # speaks of root's home as the place where programs may be out of reach
    assert not [entry for entry in found if not any(entry.startswith(prefix) for prefix in allowed)]


def test_nothing_large_is_committed() -> None:
    assert not [path for path in tracked() if path.stat().st_size > 1_000_000]


class TestContainers:
    @pytest.fixture
    def compose(self) -> dict[str, Any]:
        loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
        assert isinstance(loaded, dict)
        return loaded

    @pytest.fixture
    def dockerfile(self) -> list[list[str]]:
        """Instructions with their words, continued lines joined."""
        text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
        return [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]

    def test_the_database_is_the_version_that_the_embedded_one_is(self, compose: dict[str, Any]) -> None:
        assert compose["services"]["postgres"]["image"] == f"postgres:{MAJOR_VERSION}"

    def test_python_is_the_oldest_that_the_project_supports(self, dockerfile: list[list[str]]) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        oldest = project["project"]["requires-python"].removeprefix(">=")
        images = [words[1] for words in dockerfile if words[0] == "FROM"]
        assert images
        assert all(image.startswith(f"python:{oldest}-slim") for image in images)
        assert project["tool"]["mypy"]["python_version"] == oldest

    def test_the_image_runs_locked_files_as_nobody_special(self, dockerfile: list[list[str]]) -> None:
        instructions = [" ".join(words) for words in dockerfile]
        (install,) = [line for line in instructions if re.search(r"\bpip .*\binstall\b", line)]
        assert "--require-hashes" in install
        assert "-r requirements.lock" in install
        last_stage = instructions[max(index for index, line in enumerate(instructions) if line.startswith("FROM")) :]
        (user,) = [words.split()[1] for words in last_stage if words.startswith("USER")]
        assert user.isdigit()
        assert int(user) > 0
        assert any(line.startswith("HEALTHCHECK") and "curl" not in line for line in last_stage)
        assert "PATHNOTES_MODE=production" in " ".join(last_stage)
        assert not any(re.search(r"SECRET_KEY|PASSWORD", line) for line in instructions), "no secret in a layer"

    def test_everything_copied_exists_and_is_let_through(self, dockerfile: list[list[str]]) -> None:
        let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
        copied = {
            word for words in dockerfile if words[0] == "COPY" and "--from=build" not in words for word in words[1:-1]
        }
        assert copied == let_through
        assert all((ROOT / name).exists() for name in copied)

    def test_services_are_closed_down(self, compose: dict[str, Any]) -> None:
        for service in compose["services"].values():
            assert service["read_only"] is True
            assert "no-new-privileges:true" in service["security_opt"]
            assert service["restart"] == "unless-stopped"
            assert service["stop_grace_period"] == "40s"
            assert service["healthcheck"]["test"][0] == "CMD"
        assert compose["services"]["web"]["init"] is True
        assert compose["services"]["web"]["cap_drop"] == ["ALL"]
        assert "ports" not in compose["services"]["postgres"], "the database is not for the outside"
        assert all(port.startswith("127.0.0.1:") for port in compose["services"]["web"]["ports"])
        assert compose["services"]["web"]["depends_on"]["postgres"]["condition"] == "service_healthy"

    def test_the_data_lies_in_a_volume_where_this_image_keeps_it(self, compose: dict[str, Any]) -> None:
        mounts = [mount for mount in compose["services"]["postgres"]["volumes"] if mount.startswith("postgres:")]
        assert mounts == ["postgres:/var/lib/postgresql"]
        assert "postgres" in compose["volumes"]

    def test_secrets_come_from_the_environment_and_have_no_default(self, compose: dict[str, Any]) -> None:
        for service in compose["services"].values():
            for name, value in service["environment"].items():
                if re.search(r"SECRET_KEY$|PASSWORD$", name) and "EMAIL" not in name:
                    assert re.fullmatch(r"\$\{\w+:\?.+\}", value), f"{name} must be set, and only in .env"

    def test_the_example_names_every_variable_that_compose_asks_for(self) -> None:
        text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
        required = set(re.findall(r"\$\{(\w+):\?", text))
        example = dict(
            line.split("=", 1)
            for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")
        )
        assert required <= example.keys()
        assert not [name for name in required if example[name]], "an example secret would end up in use"
        assert example.keys() <= set(re.findall(r"\$\{(\w+)", text)), "a variable that nothing reads"
