#!/usr/bin/env python3
"""Scores of a few captions by the definitions of coco-caption, for test_caption_scores.cpp.

Written from the papers (BLEU: Papineni et al. 2002; ROUGE-L: Lin 2004; CIDEr: Vedantam et al. 2015)
and coco-caption's conventions: closest reference length, beta 1.2, sigma 6, lengths in bigrams.
"""
import math
from collections import Counter

PICTURES = [
    ("a brown dog runs on the grass",
     ["a dog is running across the grass", "a brown dog runs in a field",
      "the dog runs through green grass"]),
    ("two children play in the water",
     ["two kids are playing in the water", "children play in a fountain"]),
    ("a man a man a man rides a bike",
     ["a man rides a red bike down a hill", "a cyclist rides a bike"]),
    ("a cat", ["a black cat sleeps on a red couch in the sun", "a cat on a couch"]),
]


def grams(words, n):
    return Counter(tuple(words[i:i + n]) for i in range(len(words) - n + 1))


def bleu(pictures):
    hits, total = [0] * 4, [0] * 4
    own = reference_length = 0
    for candidate, references in pictures:
        own += len(candidate)
        reference_length += min((abs(len(r) - len(candidate)), len(r)) for r in references)[1]
        for n in range(1, 5):
            mine = grams(candidate, n)
            limit = Counter()
            for reference in references:
                limit |= grams(reference, n)
            hits[n - 1] += sum((mine & limit).values())
            total[n - 1] += sum(mine.values())
    brevity = 1 if own >= reference_length else math.exp(1 - reference_length / own)
    return [brevity * math.prod(hits[i] / total[i] for i in range(n)) ** (1 / n)
            for n in range(1, 5)]


def lcs(a, b):
    if not a or not b:
        return 0
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = table[i][j] + 1 if x == y else max(table[i][j + 1],
                                                                     table[i + 1][j])
    return table[-1][-1]


def rouge(pictures):
    scores = []
    for candidate, references in pictures:
        p = max(lcs(candidate, r) / len(candidate) for r in references)
        r = max(lcs(candidate, r) / len(r) for r in references)
        scores.append((1 + 1.44) * p * r / (r + 1.44 * p) if p and r else 0)
    return sum(scores) / len(scores)


def cider(pictures, clipped):
    frequency = Counter()
    for _, references in pictures:
        frequency.update(set(g for r in references for n in range(1, 5) for g in grams(r, n)))

    def vector(words, n):
        return {g: c * (math.log(len(pictures)) - math.log(max(1, frequency[g])))
                for g, c in grams(words, n).items()}

    scores = []
    for candidate, references in pictures:
        total = 0
        for reference in references:
            off = (len(candidate) - 1) - (len(reference) - 1)
            for n in range(1, 5):
                a, b = vector(candidate, n), vector(reference, n)
                norm = math.hypot(*a.values()) * math.hypot(*b.values())
                if norm == 0:
                    continue
                if clipped:
                    dot = sum(min(v, b[g]) * b[g] for g, v in a.items() if g in b)
                    total += dot / norm * math.exp(-off * off / (2 * 36))
                else:
                    total += sum(v * b[g] for g, v in a.items() if g in b) / norm
        scores.append(10 * total / 4 / len(references))
    return sum(scores) / len(scores)


def main():
    pictures = [(c.split(), [r.split() for r in rs]) for c, rs in PICTURES]
    print("bleu", " ".join("%.9f" % x for x in bleu(pictures)))
    print("rougeL %.9f" % rouge(pictures))
    print("cider %.9f" % cider(pictures, False))
    print("ciderD %.9f" % cider(pictures, True))


if __name__ == "__main__":
    main()
