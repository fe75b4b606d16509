#pragma once

#include <filesystem>

#include "engine/api/result.h"
#include "verse/en_lexicon.h"
#include "verse/form_library.h"
#include "verse/theme_images.h"
#include "verse/zh_lexicon.h"

namespace linnet::verse {

// What verse needs to know: both lexicons, the forms, and images for themes of today. Immutable
// once open.
struct VerseData {
    ZhLexicon chinese;
    EnLexicon english;
    FormLibrary forms;
    ThemeImages images;

    // Opens the folder that holds lexicons/ and forms/: resources/ of the source tree, or
    // share/linnet of an installed program. About 3 ms. Errors as of the four parts.
    static engine::Result<VerseData> open(const std::filesystem::path& folder);
};

} // namespace linnet::verse
