#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/api/captioner.h"
#include "engine/api/result.h"
#include "engine/torch/files/caption/people_table.h"

namespace linnet::engine {

// The plain nouns for the classes of a classifier: its file has a line for each class,
// CLASS <TAB> English nouns <TAB> Chinese nouns, nouns separated by commas, the one to name it by
// first. Classes without a line are never a subject; classes with the same first English noun are
// one subject. Lines that begin with # are comments.
class SubjectTable {
public:
    // Errors: NotFound, Io, CorruptFile (with the line).
    static Result<SubjectTable> open(const std::filesystem::path& path, int classes);
    static Result<SubjectTable> parse(std::string_view text, const std::string& what, int classes);

    // Marks subjects as aside (see Subject): a line each with the first English noun, comments as
    // above. Errors: as of open(), for nouns of no subject too.
    Result<void> markAsides(const std::filesystem::path& path);
    Result<void> markAsides(std::string_view text, const std::string& what);

    // Adds kinds (see Subject): lines NOUN <TAB> Chinese noun <TAB> members, which are first
    // English nouns of subjects and names of kinds above, separated by commas. Errors: as of
    // open().
    Result<void> addKinds(const std::filesystem::path& path);
    Result<void> addKinds(std::string_view text, const std::string& what);

    // From now on subjects() tells of people, too.
    void setPeople(PeopleTable people) { m_people = std::move(people); }

    // What a picture shows whose classes have these probabilities: those of at least `least`, at
    // most `most` of them, most probable first; then people.
    std::vector<Subject> subjects(std::span<const float> probabilities, double least,
                                  std::size_t most) const;

    // Every subject once, with probability 0.
    const std::vector<Subject>& all() const { return m_subjects; }

private:
    Subject* find(std::string_view noun); // by its first English one; null: there is none

    std::vector<Subject> m_subjects;
    std::vector<int> m_subjectOfClass; // -1: none
    std::optional<PeopleTable> m_people;
};

} // namespace linnet::engine
