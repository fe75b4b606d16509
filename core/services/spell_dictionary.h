#pragma once

#include <memory>
#include <vector>

#include <QString>
#include <QStringList>

#include "engine/api/result.h"
#include "services/app_paths.h"

class Hunspell;

namespace linnet::services {

// A Hunspell dictionary on this machine: NAME.aff and NAME.dic.
struct DictionaryFiles {
    QString name; // "en_US"
    QString affixes;
    QString words;
};

// Where dictionaries are: the writer's own first, then DICPATH, then the system's.
QStringList dictionaryFolders(const AppPaths& paths);

// The English ones in `folders`, the first of a name only; by name.
std::vector<DictionaryFiles> findDictionaries(const QStringList& folders);

// Looks words up. Not thread-safe.
class SpellDictionary {
public:
    // Reads some megabytes. Errors: NotFound, UnsupportedFormat (an encoding other than UTF-8 and
    // Latin-1).
    static engine::Result<std::unique_ptr<SpellDictionary>> load(const DictionaryFiles& files);
    ~SpellDictionary();

    // Words are in spellForm().
    bool knows(const QString& word) const;
    QStringList suggestions(const QString& word) const; // best first, few
    void add(const QString& word);                      // in memory
    void remove(const QString& word);

private:
    SpellDictionary(std::unique_ptr<Hunspell> hunspell, bool latin1);
    bool spells(const QString& word) const;
    std::string encoded(const QString& word) const;
    QString decoded(const std::string& word) const;

    std::unique_ptr<Hunspell> m_hunspell;
    bool m_latin1;
};

} // namespace linnet::services
