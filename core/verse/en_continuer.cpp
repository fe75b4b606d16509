#include "verse/en_continuer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "verse/caret_record.h"
#include "verse/english_words.h"
#include "verse/poem_record.h"
#include "verse/token_sampler.h"

namespace linnet::verse {

using engine::Generator;
using engine::Result;
using engine::TokenId;

namespace {

// Of the boundaries between words with so many syllables to come, the share after which one word
// ends the line (valid split of the corpus).
constexpr std::array<double, 6> endsHere = {0, 1.0, 0.27, 0.06, 0.014, 0.001};
constexpr std::size_t mostSingles = 16; // one-word endings weighed by the words before them
constexpr int syllablesTried = 24;      // of longer ones drawn for a place, all together
constexpr int mostTries = 8;
constexpr std::size_t joint = 2;    // words before the caret that an ending is weighed by
constexpr double leastInRest = 0.6; // share of the endings that must agree on it
// Few of the longer endings that there are were drawn, so the likeliest of them is not so sure.
constexpr double flattening = 0.3;
// The last word of a line is known best from behind, the others from before.
constexpr double shareOfLast = 0.7;
constexpr double shareOfOthers = 0.2;

} // namespace

EnContinuer::EnContinuer(const VerseData& data, const engine::Tokenizer& tokenizer)
    : m_data(data)
    , m_vocabulary(tokenizer, data.english)
    , m_pronouncer(data.english) {
}

bool EnContinuer::isVerse(std::string_view before) const {
    return englishCaret(before).has_value();
}

std::vector<const Form*> EnContinuer::formsFor(const std::string& name) const {
    std::vector<const Form*> forms;
    for (const Form& form : m_data.forms.forms()) {
        if (form.language == Language::English && form.name == name) {
            return {&form};
        }
        // Lines of any length say nothing of the next one.
        if (form.language == Language::English && form.name != "free-verse") {
            forms.push_back(&form);
        }
    }
    return forms;
}

// Works out the place at the beginning of the word at the caret, or behind a finished one, unless
// that is known already.
void EnContinuer::stand(Place& place, const LineQuery& query, const std::string& finished) const {
    auto caret = englishCaret(query.before);
    if (!caret) {
        place = {};
        return;
    }
    if (!finished.empty()) {
        caret->line += (caret->line.empty() ? "" : " ") + finished;
        caret->typed.clear();
    }
    const std::size_t open = caret->typed.size();
    std::string key = query.form + '\n' + query.variant + '\n' + finished + '\n';
    key += query.before.substr(0, query.before.size() - open);
    if (place.next && key == place.key) {
        place.caret.typed = caret->typed;
        return;
    }
    place = {};
    place.key = std::move(key);
    place.caret = std::move(*caret);
    EnNextPlace::Options options;
    options.forms = formsFor(query.form);
    options.named = options.forms.size() == 1;
    options.variant = options.named ? std::string_view(query.variant) : std::string_view();
    place.next = std::make_unique<EnNextPlace>(m_vocabulary, m_pronouncer, options, place.caret);
}

bool EnContinuer::admits(const LineQuery& query, std::string_view finished, std::string_view word) {
    Place& place = finished.empty() ? m_place : m_after;
    stand(place, query, std::string(finished));
    return !place.next || place.next->admits(word);
}

// The prompt and the rows before the caret's.
void EnContinuer::begin(const EnNextPlace::Rest& rest, Decoding& decoding) const {
    EnglishPrompt prompt;
    prompt.form = rest.form != nullptr ? englishFormOf(rest.form->name) : EnglishForm::Other;
    prompt.measure = rest.measure;
    decoding.append(recordBefore(m_vocabulary, m_place.caret, prompt));
}

// The rest of the line as the last line of a poem, whose others are the rows above.
EnPlan EnContinuer::planFor(const EnNextPlace::Rest& rest) const {
    EnPlan plan;
    const auto& rows = m_place.caret.rows;
    for (std::size_t i = rows.size() - std::min(rows.size(), rowsShown); i < rows.size(); ++i) {
        EnLinePlan& line = plan.lines.emplace_back();
        line.fixed = splitEnglishLine(rows[i].text);
        line.written = rows[i].text;
    }
    EnLinePlan& line = plan.lines.emplace_back();
    plan.lines.emplace_back(); // so that the line need not end with a full stop
    plan.metres.emplace_back(rest.tracks, m_vocabulary, '\0');
    if (rest.rhymes.empty()) {
        return plan;
    }
    line.letter = 0;
    EnRhymePlan& rhyme = plan.rhymes[0];
    rhyme.open = false;
    rhyme.keys = rest.keys;
    rhyme.phonemes = rest.taken;
    rhyme.toWrite = {plan.lines.size() - 2};
    return plan;
}

std::vector<TokenId> EnContinuer::lineBackwards() const {
    std::vector<TokenId> tokens;
    for (const std::string& word : splitEnglishLine(m_place.caret.line)) {
        tokens.push_back(m_vocabulary.token(word));
    }
    std::reverse(tokens.begin(), tokens.end());
    tokens.push_back(m_vocabulary.control(record_token::line));
    tokens.resize(std::min(tokens.size(), joint));
    return tokens;
}

// Weighs an ending by the words before the caret. False when it was stopped.
bool EnContinuer::join(Ending& ending, Decoding& decoding) const {
    const std::size_t start = decoding.size();
    decoding.append(ending.tokens);
    const auto score = decoding.score(lineBackwards());
    decoding.truncate(start);
    ending.logProb += score.value_or(0);
    return score.has_value();
}

// One-word endings: every word of the vocabulary is looked at.
bool EnContinuer::findSingles(const EnNextPlace::Rest& rest, const EnPlan& plan,
                              Decoding& decoding) {
    const std::span<const float> logProbs = decoding.next();
    if (logProbs.empty()) {
        return false;
    }
    const EnMetre& metre = plan.metres.front();
    const auto rhyme = plan.rhymes.find(0);
    std::vector<Ending> singles;
    for (const EnWord& word : m_vocabulary.words()) {
        const bool taken =
            rhyme != plan.rhymes.end() &&
            std::any_of(word.sounds.begin(), word.sounds.end(), [&](const EnSound& sound) {
                return rhyme->second.phonemes.contains(sound.phonemes);
            });
        const bool ends =
            !taken && std::any_of(word.sounds.begin(), word.sounds.end(), [&](const auto& sound) {
                return (rhyme == plan.rhymes.end() || rhyme->second.keys.contains(sound.key)) &&
                       EnMetre::complete(metre.afterEnd(sound, true, !rest.rhymes.empty()));
            });
        if (ends) {
            const auto at = static_cast<std::size_t>(word.token);
            singles.push_back({{word.token}, static_cast<double>(logProbs[at]), true});
        }
    }
    std::sort(singles.begin(), singles.end(),
              [](const Ending& a, const Ending& b) { return a.logProb > b.logProb; });
    const std::string& typed = m_place.caret.typed;
    std::size_t weighed = 0;
    for (Ending& single : singles) {
        const bool begun =
            lowerCase(m_vocabulary.text(single.tokens[0])).starts_with(lowerCase(typed));
        if (weighed == mostSingles || !begun) {
            continue;
        }
        ++weighed;
        if (!join(single, decoding)) {
            return false;
        }
        m_place.endings.push_back(std::move(single));
    }
    return true;
}

// Endings of several words, drawn from the model.
bool EnContinuer::findLonger(const EnPlan& plan, int count, std::uint64_t seed,
                             Decoding& decoding) {
    EnConstraints start(plan, m_vocabulary);
    for (std::size_t i = 0; i + 2 < plan.lines.size(); ++i) {
        start.takeFixedLine(i);
    }
    start.beginLine(plan.lines.size() - 2);
    const std::vector<float> noBonus(m_vocabulary.words().size(), 0.0F);
    const TokenId lineEnd = m_vocabulary.control(record_token::line);
    const std::size_t begin = decoding.size();
    TokenSampler sampler;
    Random random(seed);
    for (int i = 0; i < count; ++i) {
        EnConstraints line = start;
        Ending ending;
        while (!line.lineDone()) {
            const std::span<const float> logProbs = decoding.next();
            if (logProbs.empty()) {
                return false;
            }
            sampler.begin({.temperature = 0.8, .topP = 0.9, .minP = 0.02});
            line.offer(logProbs, noBonus, sampler);
            const auto token = sampler.draw(random);
            if (!token) {
                break; // no rhyme is left
            }
            line.accept(*token);
            if (*token != lineEnd) {
                ending.tokens.push_back(*token);
                ending.logProb += static_cast<double>(logProbs[static_cast<std::size_t>(*token)]);
                decoding.push(*token);
            }
        }
        decoding.truncate(begin);
        const auto words = std::count_if(ending.tokens.begin(), ending.tokens.end(),
                                         [&](TokenId t) { return !m_vocabulary.isMark(t); });
        const bool known = std::any_of(m_place.endings.begin(), m_place.endings.end(),
                                       [&](const Ending& e) { return e.tokens == ending.tokens; });
        if (!line.lineDone() || words < 2 || known || m_vocabulary.isMark(ending.tokens.back())) {
            continue;
        }
        if (!join(ending, decoding)) {
            return false;
        }
        m_place.endings.push_back(std::move(ending));
    }
    return true;
}

int EnContinuer::leastLeft() const {
    int least = std::numeric_limits<int>::max();
    for (const EnNextPlace::Rest& rest : m_place.next->rests()) {
        for (const EnTrack& track : rest.tracks) {
            least = std::min(least, track.length());
        }
    }
    return least;
}

Result<LineContinuation> EnContinuer::next(Generator& model, const LineQuery& query,
                                           std::stop_token stop) {
    LineContinuation result;
    stand(m_place, query, {});
    if (!m_place.next || !m_place.next->isKnown() || m_place.next->isFull()) {
        return result;
    }
    if (!m_place.searched) {
        m_place.endings.clear();
        const auto& rests = m_place.next->rests();
        for (std::size_t i = 0; i < std::min<std::size_t>(rests.size(), 2); ++i) {
            Decoding decoding(model, stop);
            begin(rests[i], decoding);
            const EnPlan plan = planFor(rests[i]);
            const int tries = std::clamp(syllablesTried / leastLeft(), 2, mostTries);
            const int share = tries / static_cast<int>(std::min<std::size_t>(rests.size(), 2));
            const bool shortRest = leastLeft() < static_cast<int>(endsHere.size());
            const bool whole =
                (!shortRest || findSingles(rests[i], plan, decoding)) &&
                (m_place.next->mustEnd() || findLonger(plan, share, i + 1, decoding));
            if (!whole) {
                result.cancelled = !decoding.failure();
                return decoding.failure() ? Result<LineContinuation>(*decoding.failure()) : result;
            }
        }
        m_place.searched = true;
    }
    collect(query, result);
    return result;
}

std::string EnContinuer::textOf(const Ending& ending) const {
    std::vector<std::string> words;
    for (const TokenId token : ending.tokens) {
        words.emplace_back(m_vocabulary.text(token));
    }
    std::reverse(words.begin(), words.end());
    // Only the first word of a line has a capital that it does not have elsewhere.
    std::vector<std::string> line = splitEnglishLine(m_place.caret.line);
    const std::string before = joinEnglishLine(line);
    line.insert(line.end(), words.begin(), words.end());
    std::string text = joinEnglishLine(line).substr(before.size());
    text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
    return text;
}

// The likeliest word, and all that follows it if the endings agree on that.
void EnContinuer::setRest(LineContinuation& result, const std::map<std::string, double>& rests,
                          std::size_t typed) {
    const std::string& word = result.words.front().word;
    double sum = 0;
    std::string rest;
    double most = 0;
    for (const auto& [text, p] : rests) {
        if (text == word || text.starts_with(word + ' ')) {
            sum += p;
            rest = p > most ? text : rest;
            most = std::max(most, p);
        }
    }
    result.rest = (most >= leastInRest * sum ? rest : word).substr(typed);
    result.restP = result.words.front().p;
}

// One-word endings and longer ones each get the share that the corpus gives them.
void EnContinuer::collect(const LineQuery& query, LineContinuation& result) const {
    const auto left = static_cast<std::size_t>(leastLeft());
    const double singleShare = left < endsHere.size() ? endsHere[left] : 0.0;
    const auto weightOf = [](const Ending& ending) {
        return ending.single ? ending.logProb : flattening * ending.logProb;
    };
    result.share = singleShare * shareOfLast + (1 - singleShare) * shareOfOthers;
    std::array<double, 2> best = {-1e30, -1e30};
    for (const Ending& ending : m_place.endings) {
        double& of = best[ending.single ? 1 : 0];
        of = std::max(of, weightOf(ending));
    }
    std::array<double, 2> sums = {0, 0};
    for (const Ending& ending : m_place.endings) {
        sums[ending.single ? 1 : 0] += std::exp(weightOf(ending) - best[ending.single ? 1 : 0]);
    }
    std::map<std::string, double> words;
    std::map<std::string, double> rests;
    const std::string typed = lowerCase(m_place.caret.typed);
    for (const Ending& ending : m_place.endings) {
        const std::size_t kind = ending.single ? 1 : 0;
        const double share =
            sums[1 - kind] > 0 ? (ending.single ? singleShare : 1 - singleShare) : 1;
        const double p = share * std::exp(weightOf(ending) - best[kind]) / sums[kind];
        const std::string text = textOf(ending);
        const std::string word = text.substr(0, text.find(' '));
        if (lowerCase(word).starts_with(typed) && word.size() > typed.size()) {
            words[word] += p;
            rests[text] += p;
        }
    }
    double sum = 0;
    for (const auto& [word, p] : words) {
        sum += p;
        result.words.push_back({word, p});
    }
    for (NextWord& word : result.words) {
        word.p /= sum;
    }
    std::sort(result.words.begin(), result.words.end(), [](const NextWord& a, const NextWord& b) {
        return a.p != b.p ? a.p > b.p : a.word < b.word;
    });
    if (!result.words.empty()) {
        setRest(result, rests, typed.size());
    }
    result.words.resize(
        std::min(result.words.size(), static_cast<std::size_t>(std::max(query.count, 0))));
}

} // namespace linnet::verse
