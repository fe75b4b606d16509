#pragma once

#include <filesystem>

#include "engine/api/result.h"
#include "verse/en_lexicon.h"
#include "verse/form_library.h"
#include "verse/zh_lexicon.h"

namespace linnet::verse {

// What verse needs to know: both lexicons and the forms. Immutable once open.
struct VerseData {
    ZhLexicon chinese;
    EnLexicon english;
    FormLibrary forms;

    // Opens the folder that holds lexicons/ and forms/: resources/ of the source tree, or
    // share/linnet of an installed program. About 3 ms. Errors as of the three parts.
    static engine::Result<VerseData> open(const std::filesystem::path& folder);
};

} // namespace linnet::verse
