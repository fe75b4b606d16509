#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "verse/script_converter.h"

namespace linnet::verse {

// OpenCC's t2s and s2t, read when they are first needed (about 20 ms). Null when this build has no
// OpenCC. Characters outside the Basic Multilingual Plane, which few fonts have, are not written:
// the character before the conversion stays.
std::shared_ptr<const ScriptConverter> makeOpenccConverter();

// OpenCC's file `name`: share/opencc of a folder that holds `library`, which lies otherwise than
// where it was installed in a package that can be moved; else the name alone, for which OpenCC
// looks itself.
std::filesystem::path openccConfig(const std::filesystem::path& library, const std::string& name);

} // namespace linnet::verse
