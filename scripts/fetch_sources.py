#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts the sources of the libraries that a device with a network needs into build/third_party. They
come from the source packages of Debian, with what this machine knows about where packages are; its
own configuration stays as it is, and nobody need be root. MBPF_LWIP and MBPF_SODIUM, or the options
of that name, name trees of your own instead."""

import argparse
import dataclasses
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "third_party"


@dataclasses.dataclass(frozen=True)
class Library:
    name: str
    package: str
    version: str  # As upstream counts: any Debian revision of it has the same archive.
    archive_sha256: str
    proof: str  # A file that says that a tree is this library.

    @property
    def variable(self) -> str:
        return f"MBPF_{self.name.upper()}"

    @property
    def place(self) -> pathlib.Path:
        return TARGET / self.name


LIBRARIES = [
    Library("lwip", "lwip", "2.1.3+dfsg1",
            "0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24", "src/core/udp.c"),
    Library("sodium", "libsodium", "1.0.18",
            "d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4",
            "src/libsodium/crypto_sign/ed25519/ref10/open.c"),
]


def source_entries(text: str) -> str:
    """What sources.list or a .sources file says of packages, said of source packages."""
    text = re.sub(r"^(\s*)deb(-src)?(\s)", r"\1deb-src\3", text, flags=re.MULTILINE)
    return re.sub(r"^Types:.*$", "Types: deb-src", text, flags=re.MULTILINE | re.IGNORECASE)


def configure(folder: pathlib.Path) -> dict[str, str]:
    """A configuration for apt of its own; returns the environment that makes apt use it."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("lists/partial", "cache/archives/partial", "parts"):
        (folder / part).mkdir(parents=True)
    for path in pathlib.Path("/etc/apt").glob("**/*"):
        if path.suffix in (".list", ".sources") and path.is_file():
            (folder / "parts" / path.name).write_text(source_entries(path.read_text()))
    (folder / "conf").write_text(
        f'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "{folder}/parts";\n'
        f'Dir::State::lists "{folder}/lists";\nDir::Cache "{folder}/cache";\n'
        'APT::Sandbox::User "root";\nAcquire::Retries "3";\n')
    environment = os.environ | {"APT_CONFIG": str(folder / "conf"), "LC_ALL": "C.UTF-8"}
    run(environment, "apt-get", "update", "-o", "APT::Update::Error-Mode=any")
    return environment


def run(environment: dict[str, str], *command: str, folder: pathlib.Path = ROOT) -> str:
    done = subprocess.run(command, env=environment, cwd=folder, text=True, capture_output=True)
    if done.returncode != 0:
        said = [f"{' '.join(command[:2])} failed:", *done.stderr.strip().splitlines()[-5:],
                "Without a network, set MBPF_LWIP and MBPF_SODIUM to trees of your own."]
        raise SystemExit("\n  ".join(said))
    return done.stdout


def newest_revision(library: Library, environment: dict[str, str]) -> str:
    shown = run(environment, "apt-cache", "showsrc", "--only-source", library.package)
    versions = re.findall(r"^Version: (\S+)$", shown, re.MULTILINE)
    if fitting := [one for one in versions if one.rpartition("-")[0] == library.version]:
        return fitting[0]
    raise SystemExit(f"no source package {library.package} {library.version} (there is "
                     f"{', '.join(versions) or 'none'}): set {library.variable} to your own tree")


def fetch(library: Library, environment: dict[str, str], folder: pathlib.Path) -> None:
    version = newest_revision(library, environment)
    tree, downloads = folder / library.name, folder / f"{library.name}.downloads"
    tree.mkdir()
    downloads.mkdir()
    run(environment, "apt-get", "source", "--download-only", "--only-source",
        f"{library.package}={version}", folder=downloads)
    archives = [path for path in downloads.glob("*.orig.tar.*") if path.suffix != ".asc"]
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in archives]
    if digests != [library.archive_sha256]:
        raise SystemExit(f"{library.package} {version} is not the archive that it was: SHA-256 "
                         f"{' '.join(digests)}, not {library.archive_sha256}")
    run(environment, "tar", "-xf", str(archives[0]), "--strip-components=1", "-C", str(tree))
    check_tree(library, tree)
    (tree / f".{library.archive_sha256}").touch()
    clear(library)
    tree.rename(library.place)


def clear(library: Library) -> None:
    if library.place.is_symlink():
        library.place.unlink()
    shutil.rmtree(library.place, ignore_errors=True)


def check_tree(library: Library, tree: pathlib.Path) -> None:
    if not (tree / library.proof).is_file():
        raise SystemExit(f"{tree} is no tree of {library.package}: it has no {library.proof}")


def is_there(library: Library) -> bool:
    return (library.place / f".{library.archive_sha256}").is_file()


def take_own_tree(library: Library, tree: pathlib.Path) -> None:
    check_tree(library, tree)
    if tree.resolve() != library.place.resolve():
        clear(library)
        library.place.symlink_to(tree.resolve(), target_is_directory=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for one in LIBRARIES:
        parser.add_argument(f"--{one.name}", default=os.environ.get(one.variable))
    own = {name: pathlib.Path(tree) for name, tree in vars(parser.parse_args()).items() if tree}
    TARGET.mkdir(parents=True, exist_ok=True)
    for library in (one for one in LIBRARIES if one.name in own):
        take_own_tree(library, own[library.name])
    missing = [one for one in LIBRARIES if one.name not in own and not is_there(one)]
    if missing and shutil.which("apt-get") is None:
        raise SystemExit(f"no apt-get here: set {' and '.join(one.variable for one in missing)}")
    work = TARGET / ".work"
    try:
        environment = configure(work) if missing else {}
        for library in missing:
            fetch(library, environment, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
