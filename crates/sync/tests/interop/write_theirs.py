"""Writes a repository with python-tuf: RSA, ECDSA and ed25519 keys, thresholds, three roots,
delegations by path and by hash bins, lengths and hashes of all metadata.

Argument: the folder. Prints what a client must find as JSON: target to content, or to null.
"""

import datetime
import hashlib
import json
import os
import sys

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

EXPIRES = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
EXPIRES += datetime.timedelta(days=10)


def write(folder, name, metadata, signers):
    """Signs, writes and returns the file as the snapshot or timestamp names it."""
    for signer in signers:
        metadata.sign(signer, append=True)
    data = metadata.to_bytes()
    prefix = "" if name == "timestamp" else f"{metadata.signed.version}."
    with open(os.path.join(folder, f"{prefix}{name}.json"), "wb") as file:
        file.write(data)
    hashes = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "sha512": hashlib.sha512(data).hexdigest(),
    }
    return MetaFile(metadata.signed.version, len(data), hashes)


def write_roots(folder, signers):
    """Root 1 by RSA and ECDSA; root 2 hands over to ECDSA and ed25519; root 3 follows."""
    root = Root(expires=EXPIRES)
    rsa, ecdsa, ed25519 = signers
    for role in ("timestamp", "snapshot"):
        root.add_key(ed25519.public_key, role)
    root.add_key(rsa.public_key, "targets")
    root.add_key(ecdsa.public_key, "targets")
    root.roles["targets"].threshold = 2
    root.add_key(rsa.public_key, "root")
    root.add_key(ecdsa.public_key, "root")
    root.roles["root"].threshold = 2
    write(folder, "root", Metadata(root), [rsa, ecdsa])
    root.version = 2
    root.add_key(ed25519.public_key, "root")
    root.revoke_key(rsa.public_key.keyid, "root")
    write(folder, "root", Metadata(root), [rsa, ecdsa, ed25519])
    root.version = 3
    write(folder, "root", Metadata(root), [ecdsa, ed25519])


def add(targets, name, content):
    targets.targets[name] = TargetFile.from_data(name, content.encode(), ["sha256", "sha512"])


def main():
    folder = os.path.join(sys.argv[1], "metadata")
    os.makedirs(folder)
    rsa = CryptoSigner.generate_rsa()
    ecdsa = CryptoSigner.generate_ecdsa()
    ed25519 = CryptoSigner.generate_ed25519()
    write_roots(folder, (rsa, ecdsa, ed25519))

    top = Targets(expires=EXPIRES)
    add(top, "units.json", "the tree")
    top.delegations = Delegations({}, roles={})
    expected = {"units.json": "the tree", "nothing.json": None}
    roles = {}
    for name, signer in (("by-rsa", rsa), ("by-ecdsa", ecdsa), ("by-ed25519", ed25519)):
        path = f"units/{name}/release.json"
        role = DelegatedRole(name, [], 1, True, [f"units/{name}/*"])
        top.delegations.roles[name] = role
        top.add_key(signer.public_key, name)
        targets = Targets(expires=EXPIRES)
        add(targets, path, f"Phường {name} \"\\\n")
        add(targets, "units.json.forged", "not delegated")
        roles[name] = (targets, signer)
        expected[path] = f"Phường {name} \"\\\n"
    expected["units.json.forged"] = None

    bins = [f"{number:x}" for number in range(16)]
    screens = [f"màn hình/{number}.json" for number in range(40)]
    for prefix in bins:
        name = f"bin-{prefix}"
        role = DelegatedRole(name, [], 1, False, path_hash_prefixes=[prefix])
        top.delegations.roles[name] = role
        top.add_key(ed25519.public_key, name)
        targets = Targets(expires=EXPIRES)
        for screen in screens:
            if hashlib.sha256(screen.encode()).hexdigest().startswith(prefix):
                add(targets, screen, f"of {screen}")
                expected[screen] = f"of {screen}"
        roles[name] = (targets, ed25519)

    snapshot = Snapshot(expires=EXPIRES)
    snapshot.meta["targets.json"] = write(folder, "targets", Metadata(top), [rsa, ecdsa])
    for name, (targets, signer) in roles.items():
        snapshot.meta[f"{name}.json"] = write(folder, name, Metadata(targets), [signer])
    timestamp = Timestamp(expires=EXPIRES)
    timestamp.snapshot_meta = write(folder, "snapshot", Metadata(snapshot), [ed25519])
    write(folder, "timestamp", Metadata(timestamp), [ed25519])
    json.dump(expected, sys.stdout)


main()
