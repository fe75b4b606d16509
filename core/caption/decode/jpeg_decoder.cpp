#include <csetjmp>
#include <cstdio>
#include <string>

#include <jerror.h>
#include <jpeglib.h>

#include "caption/byte_reader.h"
#include "caption/decode/decoders.h"

namespace linnet::caption {

namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

// A progressive JPEG may repeat its scans without end to keep a reader busy.
constexpr int mostScans = 200;

enum class Trouble { None, Damaged, TooManyScans, Unsupported, OutOfMemory, Cancelled };

struct Manager {
    jpeg_error_mgr errors{};
    jpeg_progress_mgr progress{};
    std::jmp_buf escape{};
    Trouble trouble = Trouble::None;
    const std::stop_token* stop = nullptr;
};

Manager& managerOf(j_common_ptr info) {
    return *static_cast<Manager*>(info->client_data);
}

[[noreturn]] void giveUp(j_common_ptr info, Trouble trouble) {
    Manager& manager = managerOf(info);
    manager.trouble = trouble;
    std::longjmp(manager.escape, 1);
}

[[noreturn]] void onError(j_common_ptr info) {
    switch (info->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
        giveUp(info, Trouble::OutOfMemory);
    case JERR_SOF_UNSUPPORTED:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_ARITH_NOTIMPL:
        giveUp(info, Trouble::Unsupported);
    default:
        giveUp(info, Trouble::Damaged);
    }
}

void onMessage(j_common_ptr info, int level) {
    if (level >= 0) {
        return; // a trace
    }
    switch (info->err->msg_code) {
    case JWRN_ADOBE_XFORM: // odd, but the data are sound
    case JWRN_JFIF_MAJOR:
    case JWRN_EXTRANEOUS_DATA:
        return;
    default:
        giveUp(info, Trouble::Damaged);
    }
}

void onProgress(j_common_ptr info) {
    if (managerOf(info).stop->stop_requested()) {
        giveUp(info, Trouble::Cancelled);
    }
    if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > mostScans) {
        giveUp(info, Trouble::TooManyScans);
    }
}

// The largest of 1, 2, 4 and 8 that leaves both sides long enough.
unsigned divisorFor(const PictureHeader& header, int enoughPixels) {
    unsigned divisor = 1;
    const int shorter = header.width < header.height ? header.width : header.height;
    while (enoughPixels > 0 && divisor < 8 &&
           shorter / static_cast<int>(2 * divisor) >= enoughPixels) {
        divisor *= 2;
    }
    return divisor;
}

// Inks as Adobe stores them, inverted, to light.
void inksToRgb(const JSAMPLE* inks, std::uint8_t* rgb, unsigned width) {
    for (unsigned x = 0; x < width; ++x) {
        for (unsigned c = 0; c < 3; ++c) {
            const unsigned product = unsigned(inks[4 * x + c]) * inks[4 * x + 3];
            rgb[3 * x + c] = static_cast<std::uint8_t>((product + 127) / 255);
        }
    }
}

struct Decompression {
    jpeg_decompress_struct info{};
    ~Decompression() { jpeg_destroy_decompress(&info); }
};

// Reads into `picture`; the reason when it cannot. Jumps from libjpeg end in this function, so they
// skip no destructor.
Trouble readInto(Picture& picture, std::vector<std::uint8_t>& inks, Bytes bytes, unsigned divisor,
                 const std::stop_token& stop) {
    Decompression decompression;
    jpeg_decompress_struct& info = decompression.info;
    Manager manager;
    manager.stop = &stop;
    info.err = jpeg_std_error(&manager.errors);
    manager.errors.error_exit = onError;
    manager.errors.emit_message = onMessage;
    info.client_data = &manager;
    if (setjmp(manager.escape) != 0) { // NOLINT(cert-err52-cpp): libjpeg knows no exceptions
        return manager.trouble;
    }
    jpeg_create_decompress(&info);
    manager.progress.progress_monitor = onProgress;
    info.progress = &manager.progress;
    jpeg_mem_src(&info, bytes.data(), static_cast<unsigned long>(bytes.size()));
    jpeg_read_header(&info, TRUE);
    if (info.num_components == 2 || info.num_components > 4) {
        giveUp(reinterpret_cast<j_common_ptr>(&info), Trouble::Unsupported);
    }
    info.out_color_space = info.num_components == 4 ? JCS_CMYK : JCS_RGB;
    info.scale_num = 1;
    info.scale_denom = divisor;
    jpeg_start_decompress(&info);
    picture.width = static_cast<int>(info.output_width);
    picture.height = static_cast<int>(info.output_height);
    picture.rgb.resize(std::size_t(info.output_width) * info.output_height * 3);
    inks.resize(info.num_components == 4 ? std::size_t(info.output_width) * 4 : 0);
    while (info.output_scanline < info.output_height) {
        std::uint8_t* row =
            picture.rgb.data() + std::size_t(info.output_scanline) * info.output_width * 3;
        JSAMPROW to = inks.empty() ? row : inks.data();
        jpeg_read_scanlines(&info, &to, 1);
        if (!inks.empty()) {
            inksToRgb(inks.data(), row, info.output_width);
        }
    }
    jpeg_finish_decompress(&info);
    return Trouble::None;
}

} // namespace

Result<Picture> decodeJpeg(Bytes bytes, const PictureHeader& header, const DecodeOptions& options,
                           const std::stop_token& stop) {
    Picture picture;
    std::vector<std::uint8_t> inks;
    switch (readInto(picture, inks, bytes, divisorFor(header, options.enoughPixels), stop)) {
    case Trouble::None:
        return picture;
    case Trouble::Cancelled:
        return Picture{};
    case Trouble::OutOfMemory:
        return Error{ErrorCode::OutOfMemory, "not enough memory for the picture"};
    case Trouble::Unsupported:
        return Error{ErrorCode::UnsupportedFormat, "JPEG of this kind is not read"};
    case Trouble::TooManyScans:
        return damagedPicture(PictureFormat::Jpeg, "it has too many scans");
    case Trouble::Damaged:
        break;
    }
    return damagedPicture(PictureFormat::Jpeg, "it is incomplete or has wrong data");
}

} // namespace linnet::caption
