#pragma once

#include <QString>
#include <QStringList>

#include "protocol/chat.h"
#include "protocol/poems.h"
#include "services/poem_source.h"
#include "services/verse_source.h"

namespace linnet::services {

// How a poem is asked of a server that only knows words, and what its answer is as a poem.

protocol::ChatRequest poemInWords(const PoemQuery& query, const VerseForm& form,
                                  const QString& complaint, int version);
// The lines of an answer, without fences, numbers and talk around them.
PoemReply poemFromWords(const QString& answer, const VerseForm& form);
// What the writer fixed and is not there, as a complaint; empty: all of it is.
QString missingWishes(const PoemQuery& query, const PoemReply& poem);
// The same of the rhyme, in a poem without fault: that its rhymes rhyme is known from the report.
QString missingRhyme(const PoemQuery& query, const VerseReport& report, const PoemReply& poem);

verse::PoemRequest toRequest(const PoemQuery& query);
protocol::PoemRequest toRemote(const PoemQuery& query);
PoemReply fromRemote(const protocol::WrittenPoem& poem);
// One line a row, as the analyzer reads it.
QString textOf(const PoemReply& poem);

} // namespace linnet::services
