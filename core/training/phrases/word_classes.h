#pragma once

#include <cstdint>
#include <vector>

namespace linnet::training {

/// Texts as tokens in reading order.
using TokenTexts = std::vector<std::vector<std::uint16_t>>;

/// Divides tokens into `classes` classes whose members stand between like neighbours: the exchange
/// algorithm (Kneser and Ney 1993; Martin, Liermann and Ney 1998) maximises the likelihood of
/// the texts under a bigram of classes, in `rounds` passes over all words. Tokens that are `alone`
/// are classes of their own, from 1 on by falling frequency, and the others follow; 0 is no token's
/// class. Needs about 20 bytes of memory a token of the texts.
std::vector<std::uint16_t> classifyWords(const TokenTexts& texts, const std::vector<bool>& alone,
                                         std::size_t classes, int rounds);

} // namespace linnet::training
