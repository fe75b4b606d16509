#pragma once

#include <memory>

#include "verse/script_converter.h"

namespace linnet::verse {

// OpenCC's t2s and s2t, read when they are first needed (about 20 ms). Null when this build has no
// OpenCC. Characters outside the Basic Multilingual Plane, which few fonts have, are not written:
// the character before the conversion stays.
std::shared_ptr<const ScriptConverter> makeOpenccConverter();

} // namespace linnet::verse
