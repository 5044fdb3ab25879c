#!/usr/bin/env python3
"""Checks a Tocsin ledger without Tocsin.

    verify.py FOLDER [--key KEY].. [--checkpoint FILE].. [--witness KEY]..   an export or a mirror
    verify.py --proof FILE [--mail MAIL] [--key KEY].. [--checkpoint FILE]..  evidence, a proof of one delivery

FILE of --checkpoint is a checkpoint or a mail that you kept yourself: the only protection against somebody who holds
the ledger's key. Without --key the keys that came with the copy are used, which shows only that it agrees with itself.

Exit code 0: it holds. 1: it does not, and the output says where. 2: it could not be checked. No network is used.

Needs Python 3.9 and the package "cryptography". The formats: RFC 6962 (hashes, proofs), C2SP signed-note,
tlog-checkpoint, tlog-cosignature and tlog-tiles, and the entry's line, which services/audit/src/entry.rs describes.
"""
import argparse, base64, binascii, email, email.policy, hashlib, json, os, re, struct, sys, time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Unreadable(Exception):
    """It could not be checked."""


# --- hashes and proofs (RFC 6962, 2.1) -------------------------------------------------------------------------------

def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(entry):
    return sha256(b"\x00" + entry)


def node_hash(left, right):
    return sha256(b"\x01" + left + right)


class Tree:
    """The right edge of a growing tree: the roots of its complete subtrees, the largest first."""

    def __init__(self):
        self.size, self.peaks, self.tiles = 0, [], {}

    def push(self, leaf):
        hash_, level = leaf, 0
        self.tiles.setdefault(0, []).append(leaf)
        while self.size >> level & 1:
            hash_, level = node_hash(self.peaks.pop(), hash_), level + 1
            if level % 8 == 0:
                self.tiles.setdefault(level // 8, []).append(hash_)
        self.peaks.append(hash_)
        self.size += 1

    def root(self):
        if not self.peaks:
            return sha256(b"")
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


def included(leaf, index, size, path, root):
    """RFC 9162, 2.1.3.2."""
    if index >= size:
        return False
    at, last, hash_ = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            hash_ = node_hash(sibling, hash_)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hash_ = node_hash(hash_, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and hash_ == root


# --- signed notes (C2SP) ---------------------------------------------------------------------------------------------

LOG, WITNESS = 0x01, 0x04


class Key:
    """name+id+base64(type, public key)"""

    def __init__(self, text, kind):
        try:
            self.name, id_, encoded = text.strip().split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise Unreadable(f"this is no verifier key: {text.strip()}")
        self.id = sha256(self.name.encode() + b"\n" + raw)[:4]
        if len(raw) != 33 or raw[0] != kind or self.id.hex() != id_:
            raise Unreadable(f"this is no verifier key: {text.strip()}")
        self.public = Ed25519PublicKey.from_public_bytes(raw[1:])


class Note:
    def __init__(self, text):
        text = text.replace("\r\n", "\n").strip("\n")
        body, blank, lines = text.rpartition("\n\n")
        self.text = body + "\n"
        self.signatures = []
        for line in lines.split("\n"):
            dash, _, rest = line.partition(" ")
            name, _, encoded = rest.partition(" ")
            try:
                raw = base64.b64decode(encoded, validate=True)
            except binascii.Error:
                raw = b""
            if not blank or dash != "\u2014" or len(raw) < 5:
                raise Unreadable("this is no signed note")
            self.signatures.append((name, raw[:4], raw[4:]))

    def checkpoint(self, keys):
        """(size, root) if a key signed it; None if none did. A forged signature of a known key is not passed over."""
        for key in keys:
            for name, id_, raw in self.signatures:
                if (name, id_) == (key.name, key.id):
                    try:
                        key.public.verify(raw, self.text.encode())
                    except InvalidSignature:
                        return None
                    lines = self.text.split("\n")
                    if len(lines) < 4 or lines[0] != key.name or not re.fullmatch(r"0|[1-9][0-9]*", lines[1]):
                        return None
                    root = base64.b64decode(lines[2])
                    return (int(lines[1]), root) if len(root) == 32 else None
        return None

    def cosigned(self, witness):
        """When the witness signed it; None if it did not."""
        for name, id_, raw in self.signatures:
            if (name, id_) == (witness.name, witness.id) and len(raw) == 72:
                at = struct.unpack(">Q", raw[:8])[0]
                try:
                    witness.public.verify(raw[8:], f"cosignature/v1\ntime {at}\n{self.text}".encode())
                    return at
                except InvalidSignature:
                    pass
        return None


class Kept:
    """What somebody else kept: a root, and the sizes it may be the root of."""

    def __init__(self, path, keys, wrong):
        data = read(path)
        self.path, self.root, self.sizes = path, None, set()
        try:
            note = Note(data.decode())
        except (UnicodeDecodeError, Unreadable):
            note = None
        if note:
            opened = note.checkpoint(keys)
            if opened is None:
                wrong.append(f"{path} is not signed by the ledger: it proves nothing.")
            else:
                self.root, self.sizes = opened[1], {opened[0]}
            return
        mail = email.message_from_bytes(data, policy=email.policy.default)
        part = mail.get_body(("plain",))
        words = re.split(r"[\s.,;:\u00a0]+", part.get_content()) if part else []
        roots = [base64.b64decode(word) for word in words if re.fullmatch(r"[A-Za-z0-9+/]{43}=", word)]
        if not roots:
            raise Unreadable(f"{path} is neither a checkpoint nor a mail with a root in it")
        self.root, self.sizes = roots[0], {int(word) for word in words if word.isdecimal()}


# --- entries ---------------------------------------------------------------------------------------------------------

LINE = re.compile(
    rb"tocsin entry v1\n(event_[0-9a-f]{32})\n([^\n]+)\n([0-9T:.-]+Z)\n(case_[0-9a-f]{32}|-)\n([0-9a-f]{64})\n")


def opens(commitment, salt, body):
    return sha256(bytes.fromhex(salt) + body.encode()).hex() == commitment


# --- a folder --------------------------------------------------------------------------------------------------------

def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Unreadable(str(error))


def tile_path(number, width):
    parts = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        parts.append(f"x{number % 1000:03}")
    return "/".join(reversed(parts)) + ("" if width == 256 else f".p/{width}")


def tiles(count):
    for number in range((count + 255) // 256):
        yield number, min(256, count - 256 * number)


def folder(path, keys, kept_files, witnesses, wrong, said):
    keys = keys or [Key(line, LOG) for line in read(os.path.join(path, "keys")).decode().splitlines()]
    kept = [Kept(file, keys, wrong) for file in kept_files]
    earlier = os.path.join(path, "checkpoints")
    if os.path.isdir(earlier):
        kept += [Kept(os.path.join(earlier, name), keys, wrong) for name in sorted(os.listdir(earlier))]
    size, signed, note = 0, None, None
    if os.path.exists(os.path.join(path, "checkpoint")):
        note = Note(read(os.path.join(path, "checkpoint")).decode())
        signed = note.checkpoint(keys)
        if signed is None:
            wrong.append("The checkpoint is not signed by the ledger.")
        else:
            size = signed[0]
    elif os.path.isdir(os.path.join(path, "tile")):
        wrong.append("There are entries and no checkpoint.")
    tree, commitments, seen, roots = Tree(), [], set(), {}
    wanted = {size_ for one in kept for size_ in one.sizes}
    roots[0] = tree.root()
    for number, width in tiles(size):
        name = "tile/entries/" + tile_path(number, width)
        full = os.path.join(path, name)
        data, count = (read(full) if os.path.exists(full) else b""), 0
        while len(data) >= 2:
            length = struct.unpack(">H", data[:2])[0]
            line, data = data[2:2 + length], data[2 + length:]
            match = LINE.fullmatch(line)
            if not match:
                wrong.append(f"Entry {tree.size} is not an entry's line.")
            elif match[1] in seen:
                wrong.append(f"Entry {tree.size} enters {match[1].decode()} a second time.")
            seen.add(match[1] if match else b"")
            commitments.append(match[5].decode() if match else "")
            tree.push(leaf_hash(line))
            count += 1
            if tree.size in wanted:
                roots[tree.size] = tree.root()
        if count != width or data:
            wrong.append(f"{name} does not have the entries that the checkpoint covers.")
    if signed and (size, signed[1]) != (tree.size, tree.root()):
        wrong.append(f"The first {size} entries do not give the root that was signed for them.")
    for one in kept:
        if one.root is not None and not any(roots.get(size_) == one.root for size_ in one.sizes):
            most = max(one.sizes, default=0)
            wrong.append(f"{one.path} speaks of another ledger of {most} entries; there are {tree.size}: the end was cut "
                         "off, an older copy was put back, or history was rewritten.")
    for level in range(8):
        hashes = tree.tiles.get(level, [])
        for number, width in tiles(size >> 8 * level):
            name = f"tile/{level}/" + tile_path(number, width)
            full = os.path.join(path, name)
            expected = b"".join(hashes[256 * number:256 * number + width])
            if (read(full) if os.path.exists(full) else b"") != expected:
                wrong.append(f"{name} does not have the hashes of its entries.")
    contents = os.path.join(path, "contents.jsonl")
    opened = 0
    if os.path.exists(contents):
        for text in read(contents).decode().splitlines():
            row = json.loads(text)
            at = row["position"]
            if at >= len(commitments) or not opens(commitments[at], row["salt"], row["body"]):
                wrong.append(f"The content of entry {at} is not what the entry committed to.")
            opened += 1
    said.append(f"{tree.size} entries, {opened} contents, root {tree.root().hex()}.")
    for witness in witnesses:
        at = note.cosigned(witness) if note else None
        said.append(f"The witness {witness.name} " + ("has not signed this checkpoint." if at is None else
                    f"signed it on {time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime(at))}."))
    if not kept_files:
        said.append("Nothing from outside was given: the files agree with each other and with their signature, no more.")


# --- a proof ---------------------------------------------------------------------------------------------------------

def mail_hashes(data):
    """SHA-256 of the mail as sent, for every number of header lines that servers may have put above it."""
    sent = b"\r\n".join(line.rstrip(b"\r") for line in data.split(b"\n"))
    hashes, at = [sha256(data).hex(), sha256(sent).hex()], 0
    for line in sent.split(b"\r\n")[:400]:
        if not line:
            break
        if line[:1] not in b" \t":
            hashes.append(sha256(sent[at:]).hex())
        at += len(line) + 2
    return hashes


def proof(path, mail, keys, kept_files, wrong, said):
    file = json.loads(read(path))
    if not keys:
        keys = [Key(text, LOG) for text in file["ledger"]["keys"]]
        said.append("The key is the proof's own: compare it with the one you were given, or name that with --key.")
    note = Note(file["ledger"]["checkpoint"])
    signed = note.checkpoint(keys)
    if signed is None:
        wrong.append("The checkpoint is not signed by the ledger.")
        return
    size, root = signed
    said.append(f"A ledger of {size} entries with root {root.hex()} was signed.")
    for text in file["ledger"].get("witness_keys", []):
        witness = Key(text, WITNESS)
        at = note.cosigned(witness)
        if at is not None:
            said.append(f"The witness {witness.name} saw it no later than "
                        f"{time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime(at))}.")
    if kept_files and not any(one.root == root for one in [Kept(file_, keys, wrong) for file_ in kept_files]):
        said.append("What was kept outside is of another size; compare it with an export or a mirror.")
    tries = []
    for entry in file["entries"]:
        line, match = entry["line"].encode(), LINE.fullmatch(entry["line"].encode())
        path_ = [bytes.fromhex(hash_) for hash_ in entry["path"]]
        if not match or not included(leaf_hash(line), entry["position"], size, path_, root):
            wrong.append(f"Entry {entry['position']} is not proven.")
        elif entry["salt"] is not None and not opens(match[5].decode(), entry["salt"], entry["body"]):
            wrong.append(f"The content of entry {entry['position']} is not what it committed to.")
        else:
            said.append(f"Entry {entry['position']}: {match[2].decode()} happened {match[3].decode()}.")
            if match[2] == b"delivery.recorded.v1" and entry["body"]:
                tries.append((entry["position"], match[3].decode(), json.loads(entry["body"])["data"]))
    if mail:
        hashes = mail_hashes(read(mail))
        for position, at, data in tries:
            if data["mail_sha256"] in hashes:
                said.append(f"This mail is, byte for byte, what {data['notification_id']} for {data['partner_id']} sent in "
                            f"try {data['attempt']} on {at}, outcome {data['outcome']} (entry {position}).")
                return
        wrong.append("No try in the proof sent the bytes of this mail.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--proof")
    parser.add_argument("--mail")
    parser.add_argument("--key", action="append", default=[])
    parser.add_argument("--witness", action="append", default=[])
    parser.add_argument("--checkpoint", action="append", default=[])
    given = parser.parse_args()
    wrong, said = [], []
    try:
        keys = [Key(text, LOG) for text in given.key]
        if given.proof:
            proof(given.proof, given.mail, keys, given.checkpoint, wrong, said)
        elif given.folder:
            witnesses = [Key(text, WITNESS) for text in given.witness]
            folder(given.folder, keys, given.checkpoint, witnesses, wrong, said)
        else:
            parser.error("name a folder or a proof")
    except (Unreadable, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        print(f"It could not be checked: {error}", file=sys.stderr)
        return 2
    print("It does NOT hold." if wrong else "It holds.")
    for sentence in wrong[:50] + said:
        print(sentence)
    if len(wrong) > 50:
        print(f"{len(wrong) - 50} more findings.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
