#!/usr/bin/env python3
"""Real questions typed key by key, on 4,001 real names: what is found, how fast, beside SQLite FTS5 and tantivy.

Every peer gets the names folded the way it folds best, and each key is one question of all words typed so far, any of
which may match, ranked by its BM25.
"""

import argparse
import csv
import gzip
import json
import os
import pathlib
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata

import players
import served

DATA = players.ROOT.parent / "shared/data"
PYTHON = players.ROOT / "target/python-lookup"
TANTIVY = "tantivy==0.27.0"
LIMIT = 10


def main():
    arguments = parse()
    into_own_python()
    names = json.load(gzip.open(arguments.data / "procedure-names.json.gz"))
    questions = list(csv.DictReader(open(arguments.data / "queries.tsv"), delimiter="\t"))
    keys = [(number, row["query"][:end]) for number, row in enumerate(questions) for end in range(1, len(row["query"]) + 1)]
    expected = [set(row["expected_codes"].split(",")) for row in questions]
    print(f"  {len(names):,} names, {len(questions)} questions, {len(keys):,} keys", flush=True)
    rows = []
    for name, measure in (
        ("motcua lookup", lambda: motcua(arguments, keys)),
        ("FTS5 unicode61", lambda: fts5(names, keys, "unicode61 remove_diacritics 2", 1)),
        ("FTS5 trigram", lambda: fts5(names, keys, "trigram", 3)),
        ("tantivy", lambda: tantivy(names, keys)),
    ):
        answers, micros, build_ms, memory = in_a_child(measure)
        row = [name, *quality(answers, keys, expected), *speed(micros), f"{build_ms:.0f}", f"{memory:.0f}"]
        print("  " + "  ".join(row), flush=True)
        rows.append(row)
    heads = ["4,001 names, 98 questions", "first", "among 5", "reciprocal rank", "µs a key, p50", "p99", "build, ms", "memory, MB"]
    print(f"\n{served.machine()}\n")
    players.print_table(heads, rows)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, default=DATA, help="the folder with names and questions")
    parser.add_argument("--player", default=players.ROOT / "target/release/motcua", help="the player to measure")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        raise SystemExit(f"{arguments.data} is not there; this benchmark needs its names and questions")
    return arguments


def into_own_python():
    """Goes on in an environment that has tantivy."""
    python = PYTHON / "bin/python3"
    if pathlib.Path(sys.prefix) == PYTHON:
        return
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PYTHON], check=True)
    subprocess.run([PYTHON / "bin/pip", "install", "-q", "--disable-pip-version-check", TANTIVY], check=True)
    os.execv(python, [str(python), *sys.argv])


def in_a_child(measure):
    """Runs in a process of its own, so that memory is that of one engine."""
    with tempfile.TemporaryFile("w+") as file:
        child = os.fork()
        if child == 0:
            json.dump(measure(), file)
            file.flush()
            os._exit(0)
        if os.waitpid(child, 0)[1] != 0:
            raise SystemExit("the measurement failed")
        file.seek(0)
        return json.load(file)


def quality(answers, keys, expected):
    """Of whole questions: the share answered first and among five, and the mean reciprocal rank."""
    whole = {number: answer for (number, _), answer in zip(keys, answers)}
    ranks = []
    for number, codes in whole.items():
        ranks.append(next((rank for rank, code in enumerate(codes) if code in expected[number]), None))
    share = lambda most: sum(rank is not None and rank < most for rank in ranks) / len(ranks)
    reciprocal = statistics.mean(0 if rank is None else 1 / (rank + 1) for rank in ranks)
    return f"{share(1):.2f}", f"{share(5):.2f}", f"{reciprocal:.2f}"


def speed(micros):
    micros = sorted(micros)
    return f"{micros[len(micros) // 2]:,.0f}", f"{micros[len(micros) * 99 // 100]:,.0f}"


# --- the engines: answers, microseconds, milliseconds to build, MB

def motcua(arguments, keys):
    def run(data, lines):
        command = [arguments.player, "--log", "debug", "lookup", "--stdin", "--data", data]
        with tempfile.NamedTemporaryFile("w+") as log, tempfile.TemporaryFile("w+") as asked, tempfile.TemporaryFile("w+") as said:
            asked.write("".join(f"{line}\n" for line in lines))
            asked.seek(0)
            process = subprocess.Popen([str(part) for part in command], stdin=asked, stdout=said, stderr=log)
            _, status, used = os.wait4(process.pid, 0)
            log.seek(0)
            text = log.read()
            if status:
                raise SystemExit(text)
            said.seek(0)
            return [json.loads(line) for line in said], text, used.ru_maxrss / 1024

    with tempfile.NamedTemporaryFile("w", suffix=".json") as nothing:
        nothing.write("[]")
        nothing.flush()
        _, _, empty = run(nothing.name, [])
    lines, log, memory = run(arguments.data / "procedure-names.json.gz", [key for _, key in keys])
    built = int(re.search(r"the lookup was built .*?micros=(\d+)", log).group(1))
    return [line["codes"] for line in lines], [line["micros"] for line in lines], built / 1000, memory - empty


def fold(text):
    text = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def words(text):
    return re.findall(r"\w+", fold(text))


def fts5(names, keys, tokenizer, shortest):
    before, begun = resident(), time.perf_counter()
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE VIRTUAL TABLE names USING fts5(code UNINDEXED, name, field, tokenize = '{tokenizer}')")
    rows = [(name["code"], fold(name["name"]), fold(name["linh_vuc"])) for name in names]
    database.executemany("INSERT INTO names VALUES (?, ?, ?)", rows)
    build = time.perf_counter() - begun
    answers, micros = [], []
    for _, key in keys:
        begun = time.perf_counter()
        asked = [word for word in words(key) if len(word) >= shortest]
        found = []
        if asked:
            match = " OR ".join(f'"{word}"' for word in asked) + ("*" if shortest == 1 else "")
            ask = "SELECT code FROM names WHERE names MATCH ? ORDER BY rank LIMIT ?"
            found = [code for code, in database.execute(ask, (match, LIMIT))]
        micros.append((time.perf_counter() - begun) * 1e6)
        answers.append(found)
    return answers, micros, build * 1000, resident() - before


def tantivy(names, keys):
    import tantivy as engine

    before, begun = resident(), time.perf_counter()
    builder = engine.SchemaBuilder()
    builder.add_text_field("code", stored=True, tokenizer_name="raw")
    builder.add_text_field("name")
    builder.add_text_field("field")
    index = engine.Index(builder.build())
    writer = index.writer(heap_size=50_000_000, num_threads=1)
    for name in names:
        writer.add_document(engine.Document(code=name["code"], name=fold(name["name"]), field=fold(name["linh_vuc"])))
    writer.commit()
    index.reload()
    searcher = index.searcher()
    build = time.perf_counter() - begun
    answers, micros = [], []
    for _, key in keys:
        begun = time.perf_counter()
        found = []
        asked = words(key)
        if asked:
            query = index.parse_query(" ".join(asked), ["name", "field"])
            found = [searcher.doc(place)["code"][0] for _, place in searcher.search(query, LIMIT).hits]
        micros.append((time.perf_counter() - begun) * 1e6)
        answers.append(found)
    return answers, micros, build * 1000, resident() - before


def resident():
    """The memory of this process in MB."""
    fields = open("/proc/self/statm").read().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
