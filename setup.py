"""Builds hsinspect._core, the C extension, from csrc/. All else about the package is in pyproject.toml.

In: csrc/**/*.c and GnuTLS, found by pkg-config. Out: one abi3 module for CPython 3.11 and later; on a free-threaded
Python, which has no stable ABI, one for just that version. Only what has changed is compiled again.

HSINSPECT_CFLAGS, HSINSPECT_LIBS: used instead of asking pkg-config for GnuTLS.
HSINSPECT_SANITIZE=1: with AddressSanitizer and UndefinedBehaviorSanitizer. HSINSPECT_DEBUG=1: not optimised.
HSINSPECT_COVERAGE=1: instrumented for gcov.
SPDX-License-Identifier: MIT
"""

import os
import shlex
import subprocess
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).resolve().parent
LIMITED_API = "0x030b0000"
FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))

WARNINGS = ("-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror=implicit-function-declaration")
SWITCHES = {  # environment variable -> what compiler and linker are told
    "HSINSPECT_SANITIZE": ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"),
    "HSINSPECT_DEBUG": ("-O0", "-g"),
    "HSINSPECT_COVERAGE": ("-O0", "-g", "--coverage"),
}

NO_GNUTLS = """\
hsinspect needs the headers of GnuTLS (3.7 or later) and pkg-config. Install them with one of:
    apt-get install libgnutls28-dev pkg-config
    dnf install gnutls-devel pkgconf-pkg-config
    apk add gnutls-dev pkgconf
    brew install gnutls pkg-config
or say where they are: HSINSPECT_CFLAGS="-I…" HSINSPECT_LIBS="-L… -lgnutls\""""


def switched_on() -> list[str]:
    """The switches of the environment that are set to anything but "" and "0"."""
    return [name for name in SWITCHES if os.environ.get(name, "0") not in ("", "0")]


def gnutls_flags(variable: str, option: str) -> list[str]:
    """The compiler's or linker's flags for GnuTLS: from the environment, else from pkg-config. SystemExit: neither."""
    given = os.environ.get(variable)
    if given is not None:
        return shlex.split(given)
    try:
        found = subprocess.run(["pkg-config", option, "gnutls >= 3.7"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        raise SystemExit(NO_GNUTLS) from None
    return shlex.split(found.stdout)


def modified(path: str | Path) -> float:
    """When a file was last written; the beginning of time where there is none."""
    return os.path.getmtime(path) if os.path.exists(path) else 0.0


class BuildExt(build_ext):
    """build_ext that asks pkg-config first, compiles two files at a time, and only those that changed."""

    def finalize_options(self) -> None:
        super().finalize_options()
        kind = "-".join(["cp311" if not FREE_THREADED else sysconfig.get_config_var("SOABI"), *switched_on()])
        self.build_temp = str(ROOT / "build" / f"extension-{kind}")  # also where pip would have it made in /tmp

    def build_extension(self, ext: Extension) -> None:
        switches = [flag for name in switched_on() for flag in SWITCHES[name]]
        ext.extra_compile_args += [*WARNINGS, *switches, *gnutls_flags("HSINSPECT_CFLAGS", "--cflags")]
        ext.extra_link_args += [*switches, *gnutls_flags("HSINSPECT_LIBS", "--libs")]
        ext.extra_objects = self.compile_changed(ext)
        ext.sources = []
        ext.depends = [*ext.extra_objects, *ext.depends]
        super().build_extension(ext)

    def compile_changed(self, ext: Extension) -> list[str]:
        """Compiles what is older than its source or than any header; gives all object files."""
        objects = self.compiler.object_filenames(ext.sources, output_dir=self.build_temp)
        newest_header = max(modified(header) for header in ext.depends)
        changed = [
            source
            for source, made in zip(ext.sources, objects, strict=True)
            if modified(made) <= max(modified(source), newest_header)
        ]
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda source: self.compile_one(ext, source), changed))
        return list(objects)

    def compile_one(self, ext: Extension, source: str) -> None:
        self.compiler.compile(
            [source],
            output_dir=self.build_temp,
            macros=ext.define_macros,
            include_dirs=ext.include_dirs,
            extra_postargs=ext.extra_compile_args,
        )


class BdistWheel(bdist_wheel):
    """bdist_wheel that tags the wheel for CPython 3.11 and later, where the ABI is stable."""

    def finalize_options(self) -> None:
        if not FREE_THREADED:
            self.py_limited_api = "cp311"
        super().finalize_options()


def files(pattern: str) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "csrc").rglob(pattern))


core = Extension(
    "hsinspect._core",
    sources=files("*.c"),
    depends=[*files("*.h"), "setup.py"],
    include_dirs=["csrc"],
    extra_compile_args=["-std=c11", "-fvisibility=hidden"],
    define_macros=[] if FREE_THREADED else [("Py_LIMITED_API", LIMITED_API)],
    py_limited_api=not FREE_THREADED,
)

setup(ext_modules=[core], cmdclass={"build_ext": BuildExt, "bdist_wheel": BdistWheel})
