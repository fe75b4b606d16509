#pragma once

#include <QString>

#include "services/poem_source.h"
#include "services/verse_source.h"

namespace linnet::ui {

// What is said about verse, in the language of the interface.

bool interfaceIsChinese();

// "七律  8 × 7", "Shakespearean sonnet  14 × 10".
QString formTitle(const services::VerseForm& form);
// What the form asks for, in a sentence or two.
QString formDescription(const services::VerseForm& form);
QString variantTitle(const services::VerseVariant& variant);
// The styles of Chinese poems: what the model calls them, and what the writer does; any comes
// first.
QList<QPair<QString, QString>> poemStyles();

// Why there is no poem, and what to do: one or two sentences.
QString explainFailure(const services::PoemFailure& failure);

// What is wrong, in a sentence.
QString explainFault(const services::VerseFault& fault);
// The mark of a character or word and how it was found.
QString explainUnit(const QString& text, const services::VerseUnit& unit,
                    services::VerseLanguage language);
// Length and rhyme of a line: "7 characters · rhyme A (一东)".
QString explainLine(const services::VerseLine& line, services::VerseLanguage language);
// Everything about the place `position` of a row, whose text is `text`: faults, then readings.
QString explainPlace(const QString& text, const services::VerseReport& report, int row,
                     int position);
// Faults of a row, then its counts and rhymes.
QStringList explainRow(const services::VerseReport& report, int row);

} // namespace linnet::ui
