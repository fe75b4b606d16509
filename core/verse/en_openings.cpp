#include "verse/en_openings.h"

#include <algorithm>
#include <utility>

namespace linnet::verse {

namespace {

constexpr int tries = 40;
constexpr float nearWeight = 3.0F; // against a random number below 1

// Draws the words of a form's openings.
class OpeningDrawer {
public:
    OpeningDrawer(const Openings& openings, const std::vector<float>& near,
                  const EnVocabulary& vocabulary, Random& random)
        : m_openings(openings)
        , m_near(near)
        , m_vocabulary(vocabulary)
        , m_random(random) {}

    std::string draw() {
        const std::string& line = m_openings.lines[m_random.below(m_openings.lines.size())];
        std::string text;
        for (std::size_t at = 0; at < line.size(); ++at) {
            if (line[at] != '{') {
                text += line[at];
                continue;
            }
            const std::size_t end = std::min(line.find('}', at), line.size());
            append(text, wordFor(line.substr(at + 1, end - at - 1)));
            at = end;
        }
        return text;
    }

private:
    std::string wordFor(const std::string& name) {
        const std::vector<std::string>& words = m_openings.words.at(name);
        std::string best;
        float most = -1;
        for (const std::string& word : words) {
            const EnWord* known = m_vocabulary.find(word.substr(word.rfind(' ') + 1));
            const float near =
                known != nullptr ? m_near[static_cast<std::size_t>(known->token)] : 0.0F;
            const float weight = near * nearWeight + static_cast<float>(m_random.unit());
            if (weight > most) {
                most = weight;
                best = word;
            }
        }
        return best;
    }

    // "a" becomes "an" before a vowel.
    static void append(std::string& text, const std::string& word) {
        const bool vowel =
            std::string_view("aeiouAEIOU").find(word.front()) != std::string_view::npos;
        const bool article = text.ends_with(" a ") || text == "A ";
        if (vowel && article) {
            text.insert(text.size() - 1, "n");
        }
        text += word;
    }

    const Openings& m_openings;
    const std::vector<float>& m_near;
    const EnVocabulary& m_vocabulary;
    Random& m_random;
};

} // namespace

std::optional<EnPlan> planWithOpening(const PoemRequest& request, const EnPlan& plan,
                                      const FormLibrary& forms, const EnVocabulary& vocabulary,
                                      const EnLexicon& lexicon, const VerseLore& lore,
                                      const std::function<bool(std::string_view)>& knownLine,
                                      Random& random) {
    const Openings& openings = plan.form->openings;
    if (openings.lines.empty() || !plan.lines.front().fixed.empty() ||
        plan.lines.front().initial != 0) {
        return std::nullopt;
    }
    const std::vector<float> near = lore.nearTo(plan.subjects, vocabulary.tokenCount());
    OpeningDrawer drawer(openings, near, vocabulary, random);
    for (int i = 0; i < tries; ++i) {
        PoemRequest opened = request;
        opened.fixed[0] = drawer.draw();
        if (knownLine && knownLine(opened.fixed[0])) {
            continue;
        }
        auto planned = planEnglishPoem(opened, forms, vocabulary, lexicon);
        if (auto* fits = std::get_if<EnPlan>(&planned)) {
            fits->lines.front().opening = true;
            return std::move(*fits);
        }
    }
    return std::nullopt;
}

} // namespace linnet::verse
