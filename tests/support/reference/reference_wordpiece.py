"""BERT's tokenizer in a few plain lines, to check ours against.

Written from Devlin et al. 2019, the description of WordPiece in Wu et al. 2016, and the
documentation of BertTokenizer in the Hugging Face library; nothing here is fast. `main` writes a
small vocabulary and the ids that must come out to tests/data/tokenizers.
"""

import pathlib
import unicodedata

import reference_tokenizers as tokenizers

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SUFFIXES = ["##ing", "##ed", "##s", "##er", "##ed", "##ly", "##un", "##aff", "##able", "##e", "##il"]
WORDS = ["man", "dog", "riding", "wave", "un", "##less", "do", "say", "café", "naive", "elan",
         "unaffable", "runn", "it", "don", "'", "t"]
IDEOGRAPHS = [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
              (0x2B740, 0x2B81F), (0x2B920, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)]
MORE_TEXTS = [
    "A man riding a wave.", "UNAFFABLE unaffable, running", "running" + "ing" * 40, "a" * 100,
    "a" * 101, "don't!!", "naïve Café", "İstanbul ΑΣ ΣΑΣ", "tab\there\u200b\u00ad\ufffdgone",
    "[CLS] the [SEP]", "月光ab霜the床", "\U00020000\U0001F600x", "a\u0301\u0323b", "½x²", "„the“–it…",
]


def is_ideograph(character):
    return any(low <= ord(character) <= high for low, high in IDEOGRAPHS)


def is_punctuation(character):
    return (33 <= ord(character) <= 47 or 58 <= ord(character) <= 64 or 91 <= ord(character) <= 96 or
            123 <= ord(character) <= 126 or unicodedata.category(character).startswith("P"))


def clean(text):
    """Control characters vanish, white space becomes a space."""
    out = []
    for character in text:
        category = unicodedata.category(character)
        if character in "\t\n\r" or character.isspace() and category != "Cc" or category == "Zs":
            out.append(" ")
        elif character not in "\0\ufffd" and category not in ("Cc", "Cf", "Co", "Cs", "Cn"):
            out.append(character)
    return "".join(out)


class WordPiece:
    def __init__(self, lowercase=True, strip_accents=None):
        self.lowercase = lowercase
        self.strip_accents = strip_accents
        tokens = SPECIALS + SUFFIXES + WORDS
        for word in self.words(tokenizers.CORPUS):
            if len(word) < 6:
                tokens.append(word)
            tokens += [word[0]] + ["##" + letter for letter in word[1:]]
        self.vocab = {token: i for i, token in enumerate(dict.fromkeys(tokens))}

    def words(self, text):
        text = "".join(" %s " % c if is_ideograph(c) else c for c in clean(text))
        if self.strip_accents or (self.strip_accents is None and self.lowercase):
            text = "".join(c for c in unicodedata.normalize("NFD", text)
                           if unicodedata.category(c) != "Mn")
        if self.lowercase:
            text = "".join(c.lower() for c in text)
        words = []
        for word in text.split():
            start = 0
            for i, character in enumerate(word):
                if is_punctuation(character):
                    words += [word[start:i], character]
                    start = i + 1
            words.append(word[start:])
        return [word for word in words if word]

    def pieces(self, word):
        """Longest match first; a word of which a part is unknown is unknown."""
        if len(word) > 100:
            return ["[UNK]"]
        pieces, start = [], 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = ("##" if start else "") + word[start:end]
                if piece in self.vocab:
                    pieces.append(piece)
                    start = end
                    break
            else:
                return ["[UNK]"]
        return pieces

    def encode(self, text):
        return [self.vocab[piece] for word in self.words(text) for piece in self.pieces(word)]

    def size(self):
        return len(self.vocab)

    def to_json(self):
        specials = {name: self.vocab[name] for name in SPECIALS}
        normalizer = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                      "strip_accents": self.strip_accents, "lowercase": self.lowercase}
        single = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
                  {"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]
        processor = {"type": "TemplateProcessing", "single": single, "pair": [],
                     "special_tokens": {name: {"id": name, "ids": [self.vocab[name]],
                                               "tokens": [name]} for name in ("[CLS]", "[SEP]")}}
        model = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                 "max_input_chars_per_word": 100, "vocab": self.vocab}
        return tokenizers.document(specials, normalizer, {"type": "BertPreTokenizer"}, processor,
                                   {"type": "WordPiece", "prefix": "##", "cleanup": True}, model)


def main(folder):
    cased = WordPiece(lowercase=False, strip_accents=False)
    for name, tokenizer in {"bert": WordPiece(), "bert-cased": cased}.items():
        tokenizers.write_json(folder / name / "tokenizer.json", tokenizer.to_json())
        cases = [{"text": text, "ids": tokenizer.encode(text)}
                 for text in tokenizers.TEXTS + MORE_TEXTS + [tokenizers.CORPUS]]
        tokenizers.write_json(folder / name / "cases.json", cases)
    files = folder / "bert-files"
    tokenizer = WordPiece()
    files.mkdir(parents=True, exist_ok=True)
    (files / "vocab.txt").write_text("".join(token + "\n" for token in tokenizer.vocab),
                                     encoding="utf-8")
    tokenizers.write_json(files / "tokenizer_config.json",
                          {"tokenizer_class": "BertTokenizer", "do_lower_case": True,
                           "tokenize_chinese_chars": True, "strip_accents": None,
                           "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"})
    tokenizers.write_json(files / "cases.json",
                          [{"text": text, "ids": tokenizer.encode(text)}
                           for text in tokenizers.TEXTS + MORE_TEXTS + [tokenizers.CORPUS]])


if __name__ == "__main__":
    main(pathlib.Path(__file__).resolve().parents[2] / "data" / "tokenizers")
