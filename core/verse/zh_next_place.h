#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "verse/caret_passage.h"
#include "verse/form.h"
#include "verse/zh_vocabulary.h"

namespace linnet::verse {

// What the next character of a writer's own line may be. A writer's lines may break the form that
// they are nearest to; what comes next is then held to that form all the same if the writer has
// named it, else to length and rhyme only.
class ZhNextPlace {
public:
    struct Options {
        std::vector<const Form*> forms; // that the lines may have
        std::string_view variant;       // of these; empty: any
        bool named = false;             // the writer has named the form
        std::size_t length = 7;         // of a line
    };
    ZhNextPlace(const ZhVocabulary& vocabulary, const Options& options, const ZhCaret& caret);

    bool isFull() const { return m_full; }
    bool admits(const ZhVocabulary::Entry& entry) const;
    // How many lines the poem has in the form that is meant; 0: not known.
    int lineCount() const { return m_lineCount; }

private:
    struct Demand {
        Place place = Place::Any;
        std::optional<GroupSet> rhyme; // one of these groups
    };
    struct Frame {
        const Form* form = nullptr;
        Layout layout;
        std::size_t start = 0; // the first of the lines that belong to the poem
        int misfits = 0;
    };

    void addFrames(const Options& options, const Form& form);
    int misfitsOf(const Frame& frame) const;
    void demand(const Frame& frame, bool named);
    void demandFreely();
    std::optional<GroupSet> rhymeGroups(const Frame& frame, std::size_t line) const;
    GroupSet levelGroups() const;
    void use(std::size_t start);

    const ZhVocabulary& m_vocabulary;
    const ZhCaret& m_caret;
    std::vector<std::vector<ZhSound>> m_sounds; // of the lines
    std::vector<ZhSound> m_typed;
    std::vector<Frame> m_frames;
    std::vector<Demand> m_demands;
    std::u32string m_used;       // characters that are not to come again
    std::u32string m_rhymeWords; // that end other lines of the rhyme
    bool m_full = false;
    bool m_last = false; // the place ends the line
    int m_lineCount = 0;
};

} // namespace linnet::verse
