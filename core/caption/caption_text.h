#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace linnet::caption {

// A model's words as a sentence: single spaces, none before punctuation or between Chinese
// characters, a capital letter first and a full stop last (。 in Chinese, "zh"). Empty if there are
// no words.
std::string tidyCaption(std::string_view text, std::string_view language);

// Whether a caption has one of the nouns: in English as whole words, in the singular or plural.
bool mentionsNoun(std::string_view caption, const std::vector<std::string>& nouns,
                  std::string_view language);

// "A photo of an owl.", "一张猫头鹰的照片。"
std::string subjectSentence(std::string_view noun, std::string_view language);

} // namespace linnet::caption
