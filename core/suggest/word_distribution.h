#pragma once

#include <string>
#include <vector>

#include "suggest/ngram_format.h"

namespace linnet::suggest {

// A word that has no id below 65536 but occurred in this document.
struct DocumentWord {
    std::string word;
    double p = 0;
    double capitalShare = 0;
};

// How likely each word is at a place where a word begins.
struct WordDistribution {
    // By id: the probability of the word, and which part of it falls on the word with a capital
    // that only its place asks for.
    std::vector<float> p;
    std::vector<float> capitalShare;
    double capitalRate = 0; // of words without an entry of their own
    std::vector<DocumentWord> documentWords;
    double tailMass = 0;            // shared by the words of the tail
    std::vector<float> tailFactors; // by tail index, what the network thinks; empty: 1 each
};

} // namespace linnet::suggest
