#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "verse/form_library.h"
#include "verse/poem.h"
#include "verse/poem_record.h"
#include "verse/script_converter.h"
#include "verse/zh_vocabulary.h"

namespace linnet::verse {

struct VerseData;

struct ZhLinePlan {
    std::u32string fixed; // in simplified characters; empty: to be composed
    std::string written;  // the fixed line as the writer wrote it
    char32_t first = 0;   // acrostic; 0: none
    char32_t last = 0;    // a rhyme that was asked for; 0: none
};

// A request for a Chinese poem that has been found possible.
struct ZhPlan {
    const Form* form = nullptr;
    std::vector<const Variant*> variants; // that the poem may still take, of one shape
    std::vector<Layout> layouts;          // one for each variant
    std::vector<ZhLinePlan> lines;
    std::map<int, GroupSet> groups;       // that each rhyme letter may still have
    std::vector<std::u32string> keywords; // to occur
    std::u32string theme;                 // characters that steer, keywords among them
    std::u32string images;                // what stands for a theme that verse does not speak of
    std::string title;                    // as it is shown
    ChinesePrompt prompt;

    std::size_t lineCount() const { return lines.size(); }
    // Drops the variants that are not kept.
    void keep(const std::vector<bool>& kept);
};

// Works out what a request leaves open, or why it cannot be met. `converter` may be null: text is
// then taken to be simplified.
std::variant<ZhPlan, Refusal> planChinesePoem(const PoemRequest& request, const VerseData& data,
                                              const ZhVocabulary& vocabulary,
                                              const ScriptConverter* converter);

} // namespace linnet::verse
