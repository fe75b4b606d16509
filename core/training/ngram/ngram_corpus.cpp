#include "training/ngram/ngram_corpus.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "suggest/ngram_format.h"
#include "suggest/word_stream.h"

namespace linnet::training {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
namespace words = linnet::suggest;

namespace {

constexpr std::string_view endOfDocument = "<|endofdoc|>";

struct TableRow {
    std::string source;
    std::string era;
};
// Of each file name, its documents in order.
using Table = std::map<std::string, std::vector<TableRow>>;

std::vector<std::string> splitTabs(const std::string& line) {
    std::vector<std::string> fields;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, '\t');) {
        fields.push_back(field);
    }
    return fields;
}

Result<Table> readTable(const std::filesystem::path& path) {
    Table table;
    std::ifstream in(path);
    std::string line;
    if (!std::getline(in, line)) {
        return Error{ErrorCode::NotFound, path.string() + " cannot be read"};
    }
    const std::vector<std::string> header = splitTabs(line);
    const auto column = [&](const char* name) {
        return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) -
                                        header.begin());
    };
    const std::size_t file = column("file");
    const std::size_t id = column("id");
    const std::size_t era = column("era");
    if (std::max({file, id, era}) >= header.size()) {
        return Error{ErrorCode::CorruptFile, path.string() + " lacks a column file, id or era"};
    }
    while (std::getline(in, line)) {
        const std::vector<std::string> fields = splitTabs(line);
        if (fields.size() > std::max({file, id, era})) {
            table[fields[file]].push_back(
                {fields[id].substr(0, fields[id].find('/')), fields[era]});
        }
    }
    return table;
}

double weightOf(const TableRow& row, const std::vector<WeightRule>& rules) {
    double weight = 1;
    for (const WeightRule& rule : rules) {
        if ((rule.field == "source" ? row.source : row.era) == rule.value) {
            weight *= rule.factor;
        }
    }
    return weight;
}

std::vector<std::string> splitDocuments(const std::string& text) {
    std::vector<std::string> documents;
    std::size_t begin = 0;
    while (begin < text.size()) {
        std::size_t mark = text.find(endOfDocument, begin);
        mark = mark == std::string::npos ? text.size() : mark;
        documents.push_back(
            words::normaliseText(std::string_view(text).substr(begin, mark - begin)));
        begin = std::min(text.size(), mark + endOfDocument.size());
        if (begin < text.size() && text[begin] == '\n') {
            ++begin;
        }
    }
    return documents;
}

} // namespace

Result<WeightRule> WeightRule::parse(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::size_t equals = text.rfind('=');
    WeightRule rule;
    if (colon != std::string_view::npos && equals != std::string_view::npos && colon < equals) {
        rule.field = text.substr(0, colon);
        rule.value = text.substr(colon + 1, equals - colon - 1);
        const std::string_view factor = text.substr(equals + 1);
        const auto [end, status] =
            std::from_chars(factor.data(), factor.data() + factor.size(), rule.factor);
        if ((rule.field == "source" || rule.field == "era") && status == std::errc() &&
            end == factor.data() + factor.size() && rule.factor >= 0) {
            return rule;
        }
    }
    return Error{ErrorCode::InvalidArgument,
                 "a weight rule reads source:NAME=FACTOR or era:NAME=FACTOR, not " +
                     std::string(text)};
}

Result<std::vector<WeightedDocument>> readCorpus(const CorpusOptions& options) {
    Table table;
    if (!options.table.empty()) {
        auto read = readTable(options.table);
        if (!read) {
            return read.error();
        }
        table = std::move(*read);
    }
    std::vector<WeightedDocument> documents;
    int heldOut = 0;
    for (const std::filesystem::path& path : options.files) {
        std::ifstream in(path, std::ios::binary);
        if (!in) {
            return Error{ErrorCode::NotFound, path.string() + " cannot be read"};
        }
        const std::string text((std::istreambuf_iterator<char>(in)), {});
        std::vector<std::string> parts = splitDocuments(text);
        const std::vector<TableRow>& rows = table[path.filename().string()];
        if (!rows.empty() && rows.size() != parts.size()) {
            return Error{ErrorCode::CorruptFile,
                         path.string() + " holds " + std::to_string(parts.size()) +
                             " documents, its table " + std::to_string(rows.size())};
        }
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const TableRow row = rows.empty() ? TableRow{} : rows[i];
            if (options.holdOutEvery > 0 && row.source == options.holdOutSource &&
                heldOut++ % options.holdOutEvery == 0) {
                continue;
            }
            const double weight = weightOf(row, options.rules);
            if (weight > 0) {
                documents.push_back({std::move(parts[i]), weight});
            }
        }
    }
    return documents;
}

NgramCorpus::NgramCorpus(const std::vector<WeightedDocument>& documents,
                         const LexiconOptions& options)
    : m_documents(documents) {
    chooseSeparators(options.separators);
    countWords();
    foldCapitals();
    chooseWords(options);
}

void NgramCorpus::chooseSeparators(std::size_t count) {
    std::unordered_map<std::string, double> weights;
    for (const WeightedDocument& document : m_documents) {
        words::forEachWord(document.text, [&](std::string_view separator, std::string_view) {
            if (separator != " " && separator.size() < 16) {
                weights[words::separatorKey(separator)] += document.weight;
            }
        });
    }
    weights.erase(" ");
    weights.erase("");
    weights["\n"] += 1; // every document begins with it
    std::vector<std::pair<std::string, double>> order(weights.begin(), weights.end());
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    order.resize(std::min(order.size(), count));
    std::sort(order.begin(), order.end());
    for (const auto& [key, weight] : order) {
        m_separators.push_back({key, 0, 0});
    }
}

std::uint32_t NgramCorpus::separatorId(std::string_view key) const {
    while (!key.empty() && key != " ") {
        const auto found =
            std::lower_bound(m_separators.begin(), m_separators.end(), key,
                             [](const ChosenSeparator& known, std::string_view wanted) {
                                 return known.key < wanted;
                             });
        if (found != m_separators.end() && found->key == key) {
            return words::firstSeparator + static_cast<std::uint32_t>(found - m_separators.begin());
        }
        key.remove_prefix(static_cast<std::size_t>(words::decodeAt(key, 0).length));
    }
    return 0;
}

void NgramCorpus::countWords() {
    m_index.reserve(1U << 20U);
    for (const WeightedDocument& document : m_documents) {
        words::forEachWord(document.text, [&](std::string_view separator, std::string_view word) {
            const auto [at, isNew] =
                m_index.try_emplace(word, static_cast<std::uint32_t>(m_types.size()));
            if (isNew) {
                m_types.emplace_back();
                m_names.push_back(word);
            }
            Type& type = m_types[at->second];
            type.weight += document.weight;
            if (separator == " " || separator == ", ") {
                type.middle += document.weight;
            }
        });
    }
}

// A capitalised word at a sentence's start is the spelling that is commoner where no capital is
// asked for.
void NgramCorpus::foldCapitals() {
    for (std::uint32_t i = 0; i < m_types.size(); ++i) {
        m_types[i].folded = i;
        if (!words::startsUpper(m_names[i])) {
            continue;
        }
        const auto lower = m_index.find(words::uncapitalised(m_names[i]));
        if (lower != m_index.end() && m_types[lower->second].middle > 0 &&
            m_types[lower->second].middle >= m_types[i].middle) {
            m_types[i].folded = lower->second;
        }
    }
}

std::uint32_t NgramCorpus::typeOf(std::string_view key, std::string_view word) const {
    const std::uint32_t type = m_index.at(word);
    return words::startsSentence(key) ? m_types[type].folded : type;
}

void NgramCorpus::chooseWords(const LexiconOptions& options) {
    double total = 0;
    for (const WeightedDocument& document : m_documents) {
        words::forEachWord(document.text, [&](std::string_view separator, std::string_view word) {
            const std::string key = separator.empty() ? "\n" : words::separatorKey(separator);
            const std::uint32_t plain = m_index.at(word);
            const std::uint32_t folded = m_types[plain].folded;
            Type& type = m_types[words::startsSentence(key) ? folded : plain];
            type.foldedWeight += document.weight;
            ++type.foldedCount;
            total += document.weight;
            const std::uint32_t id = separatorId(key);
            if (id != 0 && (folded != plain || words::decodeAt(word, 0).value >= U'a')) {
                ChosenSeparator& chosen = m_separators[id - words::firstSeparator];
                chosen.capitals += folded != plain ? document.weight : 0;
                chosen.all += document.weight;
            }
        });
    }
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < m_types.size(); ++i) {
        if (m_types[i].foldedCount >= options.leastCount && m_names[i].size() < 60 &&
            !words::isNumber(m_names[i])) {
            order.push_back(i);
        }
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return m_types[a].foldedWeight != m_types[b].foldedWeight
                   ? m_types[a].foldedWeight > m_types[b].foldedWeight
                   : m_names[a] < m_names[b];
    });
    const auto firstWord = static_cast<std::uint32_t>(words::firstSeparator + m_separators.size());
    const std::size_t main =
        std::min({options.words, order.size(), std::size_t{words::firstTailWord} - firstWord});
    order.resize(std::min(order.size(), main + options.tail));
    m_unknownWeight = total;
    for (std::size_t i = 0; i < order.size(); ++i) {
        Type& type = m_types[order[i]];
        type.id = i < main ? firstWord + static_cast<std::uint32_t>(i) : 0;
        m_unknownWeight -= i < main ? type.foldedWeight : 0;
        m_words.push_back({std::string(m_names[order[i]]), type.foldedWeight, type.id});
    }
    m_vocabulary = firstWord + static_cast<std::uint32_t>(main);
}

std::vector<NgramEntry> NgramCorpus::fourGrams() const {
    std::vector<NgramEntry> entries;
    const std::uint64_t paragraph = separatorId("\n");
    for (const WeightedDocument& document : m_documents) {
        std::uint64_t context = (paragraph << 32U) | (paragraph << 16U) | paragraph;
        const auto push = [&context](std::uint32_t id) {
            context = (context >> 16U) | (std::uint64_t{id} << 32U);
        };
        bool first = true;
        words::forEachWord(document.text, [&](std::string_view separator, std::string_view word) {
            const std::string key = first              ? "\n"
                                    : separator == " " ? " "
                                                       : words::separatorKey(separator);
            const std::uint32_t between = first ? 0 : separatorId(key);
            if (between != 0) {
                push(between);
            }
            std::uint32_t id = m_types[typeOf(key, word)].id;
            if (id == 0 && words::isNumber(word)) {
                id = words::numberWord;
            }
            entries.push_back(
                {makeKey(context, id, highestOrder), static_cast<float>(document.weight), 1});
            push(id);
            first = false;
        });
    }
    sortAndMerge(entries);
    return entries;
}

} // namespace linnet::training
