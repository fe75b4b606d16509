#pragma once

#include <memory>

#include "caption/picture_decoder.h"

namespace linnet::caption {

std::unique_ptr<PictureDecoder> makePictureDecoder();

} // namespace linnet::caption
