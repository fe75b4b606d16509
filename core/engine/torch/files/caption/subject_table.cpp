#include "engine/torch/files/caption/subject_table.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "engine/torch/files/json_reader.h"

namespace linnet::engine {

namespace {

constexpr std::size_t maxBytes = 1U << 20U; // of a file

std::vector<std::string_view> cut(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(at + 1);
    }
}

// The nouns of a field; none if one of them is empty.
std::vector<std::string> nounsOf(std::string_view field) {
    std::vector<std::string> nouns;
    for (const std::string_view noun : cut(field, ',')) {
        if (noun.empty()) {
            return {};
        }
        nouns.emplace_back(noun);
    }
    return nouns;
}

void addMissing(std::vector<std::string>& nouns, const std::vector<std::string>& more) {
    for (const std::string& noun : more) {
        if (std::find(nouns.begin(), nouns.end(), noun) == nouns.end()) {
            nouns.push_back(noun);
        }
    }
}

} // namespace

Result<SubjectTable> SubjectTable::open(const std::filesystem::path& path, int classes) {
    const Result<std::string> text = readTextFile(path, maxBytes);
    return text ? parse(*text, path.string(), classes) : Result<SubjectTable>(text.error());
}

Result<SubjectTable> SubjectTable::parse(std::string_view text, const std::string& what,
                                         int classes) {
    SubjectTable table;
    table.m_subjectOfClass.assign(static_cast<std::size_t>(classes), -1);
    std::map<std::string, int> byNoun;
    int number = 0;
    for (std::string_view line : cut(text, '\n')) {
        ++number;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const auto bad = [&](const std::string& reason) {
            return Error{ErrorCode::CorruptFile,
                         what + ", line " + std::to_string(number) + ": " + reason};
        };
        const std::vector<std::string_view> fields = cut(line, '\t');
        if (fields.size() != 3) {
            return bad("expected a class, English nouns and Chinese nouns");
        }
        int index = -1;
        const auto [end, failure] =
            std::from_chars(fields[0].data(), fields[0].data() + fields[0].size(), index);
        if (failure != std::errc() || end != fields[0].data() + fields[0].size() || index < 0 ||
            index >= classes) {
            return bad("no class from 0 to " + std::to_string(classes - 1));
        }
        int& subject = table.m_subjectOfClass[static_cast<std::size_t>(index)];
        const std::vector<std::string> english = nounsOf(fields[1]);
        const std::vector<std::string> chinese = nounsOf(fields[2]);
        if (english.empty() || chinese.empty()) {
            return bad("a noun is empty");
        }
        if (subject >= 0) {
            return bad("class " + std::to_string(index) + " for a second time");
        }
        const auto [known, isNew] =
            byNoun.try_emplace(english.front(), static_cast<int>(table.m_subjects.size()));
        if (isNew) {
            table.m_subjects.emplace_back();
        }
        subject = known->second;
        Subject& entry = table.m_subjects[static_cast<std::size_t>(subject)];
        addMissing(entry.nouns["en"], english);
        addMissing(entry.nouns["zh"], chinese);
    }
    return table;
}

Result<void> SubjectTable::markAsides(const std::filesystem::path& path) {
    const Result<std::string> text = readTextFile(path, maxBytes);
    return text ? markAsides(*text, path.string()) : Result<void>(text.error());
}

Result<void> SubjectTable::markAsides(std::string_view text, const std::string& what) {
    int number = 0;
    for (std::string_view line : cut(text, '\n')) {
        ++number;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const auto named = std::find_if(m_subjects.begin(), m_subjects.end(), [&](const auto& one) {
            return one.nouns.at("en").front() == line;
        });
        if (named == m_subjects.end()) {
            return Error{ErrorCode::CorruptFile, what + ", line " + std::to_string(number) +
                                                     ": no class is named " + std::string(line)};
        }
        named->aside = true;
    }
    return {};
}

std::vector<Subject> SubjectTable::subjects(std::span<const float> probabilities, double least,
                                            std::size_t most) const {
    std::vector<double> sums(m_subjects.size(), 0.0);
    const std::size_t count = std::min(probabilities.size(), m_subjectOfClass.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (m_subjectOfClass[i] >= 0) {
            sums[static_cast<std::size_t>(m_subjectOfClass[i])] += probabilities[i];
        }
    }
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        if (sums[i] >= least) {
            order.push_back(i);
        }
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return sums[a] > sums[b]; });
    order.resize(std::min(order.size(), most));
    std::vector<Subject> found;
    for (const std::size_t i : order) {
        found.push_back(m_subjects[i]);
        found.back().probability = sums[i];
    }
    return found;
}

} // namespace linnet::engine
