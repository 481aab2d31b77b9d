"""Reads a repository in a folder with python-tuf's client.

Arguments: the folder (with `metadata/` and `targets/`) and a JSON file with the names of
targets. Prints each target's content, or null for one that nobody signed, as JSON.
"""

import json
import os
import sys
import tempfile

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

BASE = "http://repository.invalid/"


class FolderFetcher(FetcherInterface):
    """Serves the folder under an address that does not exist."""

    def __init__(self, folder):
        self.folder = folder

    def _fetch(self, url):
        try:
            with open(os.path.join(self.folder, url.removeprefix(BASE)), "rb") as file:
                yield file.read()
        except FileNotFoundError as error:
            raise DownloadHTTPError(str(error), 404) from error


def main():
    folder, wanted = sys.argv[1:]
    with open(os.path.join(folder, "metadata", "1.root.json"), "rb") as file:
        root = file.read()
    contents = {}
    with tempfile.TemporaryDirectory() as trust:
        updater = Updater(
            metadata_dir=trust,
            metadata_base_url=BASE + "metadata/",
            target_dir=trust,
            target_base_url=BASE + "targets/",
            fetcher=FolderFetcher(folder),
            bootstrap=root,
        )
        updater.refresh()
        with open(wanted, encoding="utf-8") as file:
            names = json.load(file)
        for name in names:
            info = updater.get_targetinfo(name)
            if info is None:
                contents[name] = None
                continue
            with open(updater.download_target(info), encoding="utf-8") as file:
                contents[name] = file.read()
    json.dump(contents, sys.stdout)


main()
