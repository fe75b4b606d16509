#pragma once

#include <QString>

#include "services/verse_source.h"
#include "verse/analysis.h"
#include "verse/form_library.h"

namespace linnet::services {

// The analysis of `text` (the same that was analysed, as UTF-8) with places in UTF-16 and in rows.
VerseReport toReport(const verse::Analysis& analysis, const QString& text,
                     const verse::FormLibrary& forms, const verse::ZhLexicon& chinese);

VerseForm toVerseForm(const verse::Form& form);

} // namespace linnet::services
