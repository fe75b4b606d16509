#include "engine/torch/files/caption/subject_table.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/torch/files/caption/table_lines.h"

namespace linnet::engine {

namespace {

void addMissing(std::vector<std::string>& nouns, const std::vector<std::string>& more) {
    for (const std::string& noun : more) {
        if (std::find(nouns.begin(), nouns.end(), noun) == nouns.end()) {
            nouns.push_back(noun);
        }
    }
}

} // namespace

Result<SubjectTable> SubjectTable::open(const std::filesystem::path& path, int classes) {
    const Result<std::string> text = readTable(path);
    return text ? parse(*text, path.string(), classes) : Result<SubjectTable>(text.error());
}

Result<SubjectTable> SubjectTable::parse(std::string_view text, const std::string& what,
                                         int classes) {
    SubjectTable table;
    table.m_subjectOfClass.assign(static_cast<std::size_t>(classes), -1);
    std::map<std::string, int> byNoun;
    for (const TableLine& line : tableLines(text)) {
        const auto& fields = line.fields;
        const auto bad = [&](const std::string& reason) { return badLine(what, line, reason); };
        if (fields.size() != 3) {
            return bad("expected a class, English nouns and Chinese nouns");
        }
        const int index = classOf(fields[0], classes);
        if (index < 0) {
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
    const Result<std::string> text = readTable(path);
    return text ? markAsides(*text, path.string()) : Result<void>(text.error());
}

Subject* SubjectTable::find(std::string_view noun) {
    const auto named = std::find_if(m_subjects.begin(), m_subjects.end(), [&](const auto& one) {
        return one.nouns.at("en").front() == noun;
    });
    return named == m_subjects.end() ? nullptr : &*named;
}

Result<void> SubjectTable::markAsides(std::string_view text, const std::string& what) {
    for (const TableLine& line : tableLines(text)) {
        Subject* const named = find(line.fields.front());
        if (named == nullptr) {
            return badLine(what, line, "no class is named " + std::string(line.fields.front()));
        }
        named->aside = true;
    }
    return {};
}

Result<void> SubjectTable::addKinds(const std::filesystem::path& path) {
    const Result<std::string> text = readTable(path);
    return text ? addKinds(*text, path.string()) : Result<void>(text.error());
}

Result<void> SubjectTable::addKinds(std::string_view text, const std::string& what) {
    std::map<std::string, std::set<Subject*>> members; // of the kinds so far
    for (const TableLine& line : tableLines(text)) {
        const auto& fields = line.fields;
        const std::vector<std::string> names =
            fields.size() == 3 ? nounsOf(fields[2]) : std::vector<std::string>();
        if (names.empty() || fields[0].empty() || fields[1].empty()) {
            return badLine(what, line, "expected a noun in English, in Chinese, and its members");
        }
        std::set<Subject*>& all = members[std::string(fields[0])];
        for (const std::string& name : names) {
            const auto kind = members.find(name);
            const bool isKind = kind != members.end() && &kind->second != &all;
            if (isKind) {
                all.insert(kind->second.begin(), kind->second.end());
            }
            if (Subject* const subject = find(name); subject != nullptr) {
                all.insert(subject);
            } else if (!isKind) {
                return badLine(what, line, "neither a class nor a kind above is named " + name);
            }
        }
        for (Subject* const subject : all) {
            addMissing(subject->kinds["en"], {std::string(fields[0])});
            addMissing(subject->kinds["zh"], {std::string(fields[1])});
        }
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
    if (m_people) {
        found.push_back(m_people->subject(probabilities));
    }
    return found;
}

} // namespace linnet::engine
