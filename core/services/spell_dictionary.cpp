#include "services/spell_dictionary.h"

#include <algorithm>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <hunspell.hxx>

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr qsizetype mostSuggestions = 7;
constexpr qsizetype longestWord = 100; // Hunspell's own limit

} // namespace

QStringList dictionaryFolders(const AppPaths& paths) {
    QStringList folders{paths.data + QStringLiteral("/dictionaries")};
    folders += qEnvironmentVariable("DICPATH").split(QDir::listSeparator(), Qt::SkipEmptyParts);
    const QString shared =
        qEnvironmentVariable("XDG_DATA_DIRS", QStringLiteral("/usr/local/share:/usr/share"));
    for (const QString& folder : shared.split(u':', Qt::SkipEmptyParts)) {
        folders << folder + QStringLiteral("/hunspell") << folder + QStringLiteral("/myspell")
                << folder + QStringLiteral("/myspell/dicts");
    }
    folders.removeDuplicates();
    return folders;
}

std::vector<DictionaryFiles> findDictionaries(const QStringList& folders) {
    std::vector<DictionaryFiles> found;
    for (const QString& folder : folders) {
        const QDir dir(folder);
        for (const QString& file : dir.entryList({QStringLiteral("en*.dic")}, QDir::Files)) {
            const QString name = QFileInfo(file).completeBaseName();
            const QString affixes = dir.filePath(name + QStringLiteral(".aff"));
            const bool known = std::any_of(found.begin(), found.end(),
                                           [&](const auto& one) { return one.name == name; });
            if (!known && QFileInfo::exists(affixes)) {
                found.push_back({name, affixes, dir.filePath(file)});
            }
        }
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return found;
}

SpellDictionary::SpellDictionary(std::unique_ptr<Hunspell> hunspell, bool latin1)
    : m_hunspell(std::move(hunspell))
    , m_latin1(latin1) {
}

SpellDictionary::~SpellDictionary() = default;

Result<std::unique_ptr<SpellDictionary>> SpellDictionary::load(const DictionaryFiles& files) {
    for (const QString& file : {files.affixes, files.words}) {
        if (!QFile(file).open(QIODevice::ReadOnly)) { // Hunspell would say nothing
            return Error{ErrorCode::NotFound, "cannot read the dictionary " + file.toStdString()};
        }
    }
    auto hunspell = std::make_unique<Hunspell>(QFile::encodeName(files.affixes).constData(),
                                               QFile::encodeName(files.words).constData());
    const QString encoding = QString::fromStdString(hunspell->get_dict_encoding()).toUpper();
    const bool latin1 =
        encoding == QLatin1String("ISO8859-1") || encoding == QLatin1String("ISO-8859-1");
    if (!latin1 && encoding != QLatin1String("UTF-8")) {
        return Error{ErrorCode::UnsupportedFormat, "the dictionary " + files.words.toStdString() +
                                                       " is encoded as " + encoding.toStdString() +
                                                       "; UTF-8 and ISO8859-1 are read"};
    }
    return std::unique_ptr<SpellDictionary>(new SpellDictionary(std::move(hunspell), latin1));
}

std::string SpellDictionary::encoded(const QString& word) const {
    return m_latin1 ? word.toLatin1().toStdString() : word.toStdString();
}

QString SpellDictionary::decoded(const std::string& word) const {
    return m_latin1 ? QString::fromLatin1(word.data(), static_cast<qsizetype>(word.size()))
                    : QString::fromStdString(word);
}

bool SpellDictionary::spells(const QString& word) const {
    const std::string bytes = encoded(word);
    // What the dictionary's encoding lacks is no word of it, and nothing to complain about.
    return word.size() > longestWord || decoded(bytes) != word || m_hunspell->spell(bytes);
}

bool SpellDictionary::knows(const QString& word) const {
    // A name that was added has a possessive, too.
    return spells(word) || (word.endsWith(QLatin1String("'s")) && spells(word.chopped(2)));
}

QStringList SpellDictionary::suggestions(const QString& word) const {
    QStringList found;
    for (const std::string& one : m_hunspell->suggest(encoded(word))) {
        if (found.size() < mostSuggestions) {
            found << decoded(one);
        }
    }
    return found;
}

void SpellDictionary::add(const QString& word) {
    m_hunspell->add(encoded(word));
}

void SpellDictionary::remove(const QString& word) {
    m_hunspell->remove(encoded(word));
}

} // namespace linnet::services
