"""Databases for the benchmarks of proofs: a file of SQLite, and a PostgreSQL of their own where one is installed."""

import contextlib
import glob
import os
import pathlib
import shutil
import subprocess
import tempfile

FOLDER = pathlib.Path(tempfile.gettempdir())


def addresses():
    """Name and address of each; a PostgreSQL runs while its own is used."""
    yield "SQLite", f"sqlite:{FOLDER / 'bench.sqlite'}"
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not programs:
        print("PostgreSQL is not installed and not measured")
        return
    with postgres(pathlib.Path(programs[-1])) as address:
        yield "PostgreSQL", address


@contextlib.contextmanager
def postgres(programs):
    # Its user must be able to walk to it.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="motcua-pg-"))
    user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")

    def run(program, *arguments):
        command = [*user, programs / program, *arguments]
        subprocess.run([str(part) for part in command], check=True, cwd="/", stdout=subprocess.DEVNULL)

    data = folder / "data"
    run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "-D", data)
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c shared_buffers=512MB"
    run("pg_ctl", "start", "-w", "-o", options, "-l", folder / "log", "-D", data)
    try:
        run("createdb", "-h", folder, "-U", "postgres", "bench")
        yield f"postgres://postgres@localhost/bench?host={folder}"
    finally:
        run("pg_ctl", "stop", "-m", "fast", "-D", data)
        shutil.rmtree(folder, ignore_errors=True)
