#pragma once

#include <QDir>
#include <QFile>

#include "services/spell_dictionary.h"

namespace linnet::tests {

// A Hunspell dictionary `name` of a few words in `folder`.
inline services::DictionaryFiles writeDictionary(const QDir& folder, const QString& name,
                                                 const QByteArray& words,
                                                 const QByteArray& encoding = "UTF-8") {
    const auto write = [&](const QString& file, const QByteArray& bytes) {
        QFile out(folder.filePath(file));
        if (out.open(QIODevice::WriteOnly)) {
            out.write(bytes);
        }
        return out.fileName();
    };
    const auto count = QByteArray::number(words.count('\n'));
    const QString affixes =
        write(name + QStringLiteral(".aff"),
              "SET " + encoding + "\nTRY esianrtolcdugmphbyfvkwz'\nSFX S Y 1\nSFX S 0 s .\n");
    return {name, affixes, write(name + QStringLiteral(".dic"), count + "\n" + words)};
}

} // namespace linnet::tests
