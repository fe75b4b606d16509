#include "caption/decode/decoder.h"

// What the shared library shows to the program.
extern "C" __attribute__((visibility("default"))) linnet::caption::PictureDecoder*
linnetCreatePictureDecoder() {
    try {
        return linnet::caption::makePictureDecoder().release();
    } catch (...) {
        return nullptr;
    }
}
