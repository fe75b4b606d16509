"""Byte-pair tokenizers in a few plain lines, to check ours against.

Written from Sennrich et al. 2016, GPT-2's encoder.py as described in its paper, and the
documentation of the Hugging Face tokenizers library; nothing here is fast. `main` writes small
vocabularies and the ids that must come out to tests/data/tokenizers. Needs the `regex` module.
"""

import json
import pathlib
import unicodedata

import regex

GPT2_PATTERN = (r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2_PATTERN = LLAMA3_PATTERN.replace(r"\p{N}{1,3}", r"\p{N}")

CORPUS = (
    "The old man looked at the sea, and the sea looked back at him. He'd said that he wouldn't go, "
    "but they'll say there's nothing else to do; I've heard it 12 or 120 times before 1999. "
    "\"What then?\" asked the woman on the shore.\n\nThe rain went on and on over the little town, "
    "and the lamps were lit at the end of the day. No one there was waiting for the other, and "
    "the other was not thinking of the one. Ünder the café, naïve élan; e\u0301tude. 床前明月光，疑是地上霜。")

TEXTS = [
    "", " ", "  ", "\n", "\n\n\n", "\t\n ", "Hello world", " Hello  world", "The old man's sea",
    "I'LL SAY THEY'VE", "don't can't we're", "1999 and 12345678", "a1b2c3", "x = y[3] + 4;",
    "line one\nline two\r\n  indented\n", "trailing space ", "   three before", "a    b     c",
    "café cafe\u0301 naïve", "e\u0301\u0323 \u1e0b\u0323 \uac00\u11a8", "床前明月光，疑是地上霜。",
    "\U0001f600 \U0001f468\u200d\U0001f469 ok", "\u3000全角\u00a0space\u180ehere\u2028x",
    "½ Ⅷ ٣٤ ²", "\u017fmall 'ſ It'S", "!!! ... -- «quoted»", "the the the the", "\x00\x01\x7f",
    "a" + " " * 41 + "b" + " " * 70, "1" * 50 + "e" * 47,
    "Ünder the sea, the lamps were lit at the end of the day.", "▁already ▁there", "<s> not special",
]


def byte_alphabet():
    """The printable character for each byte, as GPT-2 spells them."""
    table = {b: chr(b) for b in [*range(33, 127), *range(161, 173), *range(174, 256)]}
    spare = 256
    for byte in range(256):
        if byte not in table:
            table[byte] = chr(spare)
            spare += 1
    return table


ALPHABET = byte_alphabet()


def spell(text):
    return "".join(ALPHABET[b] for b in text.encode())


def isolated(pattern, piece):
    """Matches and the gaps between them."""
    done = 0
    for match in regex.finditer(pattern, piece):
        if match.start() > done:
            yield piece[done:match.start()]
        if match.end() > match.start():
            yield match.group()
        done = max(done, match.end())
    if done < len(piece):
        yield piece[done:]


def merge(symbols, ranks):
    """Merges the pair of lowest rank, the leftmost one first, until none is left."""
    symbols = list(symbols)
    while True:
        pairs = [(ranks[pair], i) for i, pair in enumerate(zip(symbols, symbols[1:]))
                 if pair in ranks]
        if not pairs:
            return symbols
        _, at = min(pairs)
        symbols[at:at + 2] = [symbols[at] + symbols[at + 1]]


def train(words, count):
    """The `count` most frequent merges of the symbol lists `words`; ties by spelling."""
    words = [list(word) for word in words]
    merges = []
    for _ in range(count):
        seen = {}
        for word in words:
            for pair in zip(word, word[1:]):
                seen[pair] = seen.get(pair, 0) + 1
        best = max(seen, key=lambda pair: (seen[pair], pair))
        merges.append(best)
        words = [merge(word, {best: 0}) for word in words]
    return merges


class ByteLevel:
    """Byte-level BPE. `steps` are patterns that cut one after the other."""

    def __init__(self, steps, merges=60, nfc=False, prefix_space=False, ignore_merges=False,
                 specials=("<|endoftext|>",), extra=()):
        self.steps = steps
        self.nfc = nfc
        self.prefix_space = prefix_space
        self.ignore_merges = ignore_merges
        self.merges = train([spell(word) for word in self.pieces(CORPUS)], merges)
        tokens = [ALPHABET[byte] for byte in range(256)]
        tokens += [left + right for left, right in self.merges]
        tokens += list(extra)
        self.vocab = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
        self.specials = {}
        for special in specials:
            self.specials[special] = len(self.vocab) + len(self.specials)

    def pieces(self, text):
        if self.nfc:
            text = unicodedata.normalize("NFC", text)
        pieces = [text] if text else []
        for step in self.steps[:-1]:
            pieces = [part for piece in pieces for part in isolated(step, piece)]
        if self.prefix_space:
            pieces = [piece if piece.startswith(" ") else " " + piece for piece in pieces]
        return [part for piece in pieces for part in isolated(self.steps[-1], piece)]

    def encode(self, text):
        ranks = {pair: i for i, pair in enumerate(self.merges)}
        ids = []
        for piece in self.pieces(text):
            word = spell(piece)
            if self.ignore_merges and word in self.vocab:
                ids.append(self.vocab[word])
            else:
                ids += [self.vocab[symbol] for symbol in merge(word, ranks)]
        return ids

    def size(self):
        return len(self.vocab) + len(self.specials)

    def model_json(self, as_pairs):
        merges = [list(pair) if as_pairs else " ".join(pair) for pair in self.merges]
        return {"type": "BPE", "dropout": None, "unk_token": None,
                "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": False,
                "byte_fallback": False, "ignore_merges": self.ignore_merges,
                "vocab": self.vocab, "merges": merges}

    def to_json(self, pre_tokenizer, as_pairs=False, begin=None):
        processor = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False,
                     "use_regex": True}
        if begin is not None:
            template = {"type": "TemplateProcessing",
                        "single": [{"SpecialToken": {"id": begin, "type_id": 0}},
                                   {"Sequence": {"id": "A", "type_id": 0}}],
                        "pair": [], "special_tokens": {begin: {
                            "id": begin, "ids": [self.specials[begin]], "tokens": [begin]}}}
            processor = {"type": "Sequence", "processors": [processor, template]}
        return document(self.specials, {"type": "NFC"} if self.nfc else None, pre_tokenizer,
                        processor, byte_level(True), self.model_json(as_pairs))


class Fallback:
    """BPE over characters with a token for every byte, as Llama 2 has it."""

    SPACE = "\u2581"

    def __init__(self, merges=60, metaspace=None, split=False):
        self.metaspace = metaspace  # None: normalizers; else the prepend scheme
        self.split = split
        self.specials = {"<unk>": 0, "<s>": 1, "</s>": 2}
        words = [word for word in self.pieces(CORPUS)]
        if not split:  # one piece would join words; train on words all the same
            words = [part for word in words
                     for part in regex.findall(self.SPACE + "+[^" + self.SPACE + "]*", word)]
        characters = sorted({c for word in words for c in word if ord(c) < 0x250 or c == self.SPACE})
        self.merges = train([[c for c in word if c in characters] for word in words], merges)
        # Runs of spaces are tokens, as in Llama 2.
        self.merges += [(self.SPACE, self.SPACE), (self.SPACE * 2, self.SPACE * 2)]
        tokens = list(self.specials) + ["<0x%02X>" % byte for byte in range(256)] + characters
        tokens += [left + right for left, right in self.merges]
        self.vocab = {token: i for i, token in enumerate(dict.fromkeys(tokens))}

    def pieces(self, text):
        if not text:
            return []
        text = text.replace(" ", self.SPACE)
        if self.metaspace is None or not text.startswith(self.SPACE):
            text = self.SPACE + text
        if not self.split:
            return [text]
        return regex.findall("^[^" + self.SPACE + "]+|" + self.SPACE + "[^" + self.SPACE + "]*", text)

    def encode(self, text):
        ranks = {pair: i for i, pair in enumerate(self.merges)}
        ids = []
        for piece in self.pieces(text):
            symbols = []
            for character in piece:
                if character in self.vocab:
                    symbols.append(character)
                else:
                    symbols += ["<0x%02X>" % byte for byte in character.encode()]
            ids += [self.vocab[symbol] for symbol in merge(symbols, ranks)]
        return ids

    def size(self):
        return len(self.vocab)

    def to_json(self, begin=False):
        space = self.SPACE
        normalizer = {"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": space},
            {"type": "Replace", "pattern": {"String": " "}, "content": space}]}
        pre_tokenizer = {"type": "Metaspace", "replacement": space,
                         "prepend_scheme": self.metaspace, "split": self.split}
        decoder = {"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": space}, "content": " "},
            {"type": "ByteFallback"}, {"type": "Fuse"},
            {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
        model = {"type": "BPE", "dropout": None, "unk_token": "<unk>",
                 "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": True,
                 "byte_fallback": True, "ignore_merges": False, "vocab": self.vocab,
                 "merges": [" ".join(pair) for pair in self.merges]}
        processor = {"type": "TemplateProcessing",
                     "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                                {"Sequence": {"id": "A", "type_id": 0}}],
                     "pair": [], "special_tokens": {
                         "<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
        plain = self.metaspace is None
        return document(self.specials, normalizer if plain else None,
                        None if plain else pre_tokenizer, processor if begin else None, decoder,
                        model)


def byte_level(use_regex, prefix_space=False):
    return {"type": "ByteLevel", "add_prefix_space": prefix_space, "trim_offsets": True,
            "use_regex": use_regex}


def split_then_bytes(pattern):
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    return {"type": "Sequence", "pretokenizers": [split, byte_level(False)]}


def document(specials, normalizer, pre_tokenizer, processor, decoder, model):
    added = [{"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
              "normalized": False, "special": True} for content, id in specials.items()]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added,
            "normalizer": normalizer, "pre_tokenizer": pre_tokenizer, "post_processor": processor,
            "decoder": decoder, "model": model}


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n",
                    encoding="utf-8")


def main(folder):
    digits = {"type": "Digits", "individual_digits": True}
    begin = "<|begin|>"
    gpt2 = ByteLevel([GPT2_PATTERN])
    prefixed = ByteLevel([GPT2_PATTERN], prefix_space=True)
    llama3 = ByteLevel([LLAMA3_PATTERN], ignore_merges=True, specials=(begin, "<|endoftext|>"),
                       extra=(spell(" lamps"), spell("sea")))
    qwen2 = ByteLevel([QWEN2_PATTERN], nfc=True)
    smol = ByteLevel([r"\p{N}", GPT2_PATTERN])
    made = {
        "gpt2": (gpt2, gpt2.to_json(byte_level(True))),
        "gpt2-prefix-space": (prefixed, prefixed.to_json(byte_level(True, True))),
        "llama3": (llama3, llama3.to_json(split_then_bytes(LLAMA3_PATTERN), True, begin)),
        "qwen2": (qwen2, qwen2.to_json(split_then_bytes(QWEN2_PATTERN))),
        "smollm2": (smol, smol.to_json({"type": "Sequence",
                                        "pretokenizers": [digits, byte_level(True)]})),
    }
    for name, tokenizer in {"llama2": Fallback(), "metaspace": Fallback(metaspace="first"),
                            "metaspace-split": Fallback(metaspace="always", split=True)}.items():
        made[name] = (tokenizer, tokenizer.to_json(begin=name == "llama2"))
    for name, (tokenizer, file) in made.items():
        write_json(folder / name / "tokenizer.json", file)
        cases = [{"text": text, "ids": tokenizer.encode(text)} for text in TEXTS + [CORPUS]]
        write_json(folder / name / "cases.json", cases)
    slow = folder / "gpt2-files"
    write_json(slow / "vocab.json", gpt2.vocab | gpt2.specials)
    (slow / "merges.txt").write_text(
        "#version: 0.2\n" + "".join(" ".join(pair) + "\n" for pair in gpt2.merges),
        encoding="utf-8")
    write_json(slow / "cases.json",
               [{"text": text, "ids": gpt2.encode(text)} for text in TEXTS + [CORPUS]])


if __name__ == "__main__":
    main(pathlib.Path(__file__).resolve().parents[2] / "data" / "tokenizers")
