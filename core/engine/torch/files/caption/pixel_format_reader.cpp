#include "engine/torch/files/caption/pixel_format_reader.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/torch/files/json_fields.h"

namespace linnet::engine {

namespace {

constexpr int maxSide = 2048;

using Filter = PixelFormat::Filter;
using Channels = std::array<double, 3>;

// What a kind of image processor does where its file says nothing.
struct Kind {
    const char* name; // followed by FeatureExtractor, ImageProcessor or ImageProcessorFast
    int size;
    bool keepsProportions; // a size given as one number is that of the shortest side
    bool crops;
    Filter filter;
    Channels mean;
    Channels deviation;
};

constexpr Channels half = {0.5, 0.5, 0.5};
constexpr Channels imageNetMean = {0.485, 0.456, 0.406};
constexpr Channels imageNetDeviation = {0.229, 0.224, 0.225};
constexpr Channels clipMean = {0.48145466, 0.4578275, 0.40821073};
constexpr Channels clipDeviation = {0.26862954, 0.26130258, 0.27577711};

constexpr Kind kinds[] = {
    {"ViT", 224, false, false, Filter::Bilinear, half, half},
    {"DeiT", 256, false, true, Filter::Bicubic, imageNetMean, imageNetDeviation},
    {"Blip", 384, false, false, Filter::Bicubic, clipMean, clipDeviation},
    {"CLIP", 224, true, true, Filter::Bicubic, clipMean, clipDeviation},
};

// The kind of processor; ViT's if the file does not say. Null: an unknown one.
const Kind* kindOf(JsonFields& fields) {
    const char* const key =
        fields.has("image_processor_type") ? "image_processor_type" : "feature_extractor_type";
    const std::string type = fields.string(key, "ViTImageProcessor");
    for (const Kind& kind : kinds) {
        for (const char* const suffix :
             {"FeatureExtractor", "ImageProcessor", "ImageProcessorFast"}) {
            if (type == std::string(kind.name) + suffix) {
                return &kind;
            }
        }
    }
    if (!fields.error()) {
        fields.unsupported(key, "is '" + type +
                                    "'; supported are those of ViT, DeiT, BLIP and "
                                    "CLIP");
    }
    return nullptr;
}

// Extents in pixels: either both sides or the shortest one.
struct Extent {
    int width = 0;
    int height = 0;
    int shortest = 0; // over 0: the others are 0
};

Extent readExtent(JsonFields& fields, const char* key, int fallback, bool shortest) {
    const Json* const value = fields.find(key);
    if (value == nullptr || !value->is_object()) {
        const int side = fields.integer(key, 1, maxSide, fallback);
        return shortest ? Extent{0, 0, side} : Extent{side, side, 0};
    }
    JsonFields sides(*value, fields.where(), std::string(key) + ".");
    Extent extent;
    if (sides.has("shortest_edge")) {
        extent.shortest = sides.integer("shortest_edge", 1, maxSide);
    } else {
        extent.height = sides.integer("height", 1, maxSide);
        extent.width = sides.integer("width", 1, maxSide);
    }
    if (sides.error()) {
        fields.take(*sides.error());
    }
    return extent;
}

void readFit(JsonFields& fields, const Kind& kind, PixelFormat& format) {
    if (!fields.boolean("do_resize", true)) {
        fields.unsupported("do_resize", "must be true: pictures come in every size");
    }
    if (fields.boolean("do_pad", false)) {
        fields.unsupported("do_pad", "must be false");
    }
    const Extent size = readExtent(fields, "size", kind.size, kind.keepsProportions);
    if (!fields.boolean("do_center_crop", kind.crops)) {
        if (size.shortest > 0) {
            fields.unsupported("size", "keeps the proportions, but nothing is cropped; pictures "
                                       "must come out in one size");
        }
        format.fit = PixelFormat::Fit::Stretch;
        format.width = size.width;
        format.height = size.height;
        format.shortestSide = std::min(size.width, size.height);
        return;
    }
    const Extent crop = readExtent(fields, "crop_size", 224, false);
    if (crop.shortest > 0) {
        fields.unsupported("crop_size", "must have a height and a width");
    }
    format.width = crop.width;
    format.height = crop.height;
    if (size.shortest > 0) {
        format.fit = PixelFormat::Fit::CropCentre;
        format.shortestSide = size.shortest;
        if (std::max(crop.width, crop.height) > size.shortest) {
            fields.unsupported("crop_size", "is larger than the picture it is cut from");
        }
    } else if (size.width == crop.width && size.height == crop.height) {
        format.fit = PixelFormat::Fit::Stretch; // there is nothing to cut off
        format.shortestSide = std::min(size.width, size.height);
    } else {
        fields.unsupported("do_center_crop", "after stretching to another size is not supported");
    }
}

Filter readFilter(JsonFields& fields, Filter fallback) {
    if (!fields.has("resample")) {
        return fallback;
    }
    // The numbers of the Pillow library.
    switch (fields.integer("resample", 0, 5)) {
    case 0:
        return Filter::Nearest;
    case 1:
        return Filter::Lanczos;
    case 2:
        return Filter::Bilinear;
    case 3:
        return Filter::Bicubic;
    default:
        fields.unsupported("resample", "must be 0 (nearest), 1 (Lanczos), 2 (bilinear) or 3 "
                                       "(bicubic)");
        return fallback;
    }
}

// A number for each channel, or one for all.
Channels readChannels(JsonFields& fields, const char* key, const Channels& fallback, double least) {
    constexpr double most = 1000;
    const Json* const value = fields.find(key);
    if (value == nullptr) {
        return fallback;
    }
    Channels channels{};
    if (value->is_number()) {
        channels.fill(fields.number(key, least, most));
        return channels;
    }
    const auto fits = [&](const Json& item) {
        return item.is_number() && item.get<double>() >= least && item.get<double>() <= most;
    };
    if (!value->is_array() || value->size() != channels.size() ||
        !std::all_of(value->begin(), value->end(), fits)) {
        fields.corrupt(key, "must be a list of 3 numbers" +
                                std::string(least > 0 ? " greater than 0" : ""));
        return fallback;
    }
    std::transform(value->begin(), value->end(), channels.begin(),
                   [](const Json& item) { return item.get<double>(); });
    return channels;
}

Result<PixelFormat> formatFromJson(const Json& json, const std::string& what) {
    if (!json.is_object()) {
        return Error{ErrorCode::CorruptFile, what + ": not a JSON object"};
    }
    JsonFields fields(json, what);
    PixelFormat format;
    if (const Kind* const kind = kindOf(fields); kind != nullptr) {
        readFit(fields, *kind, format);
        format.filter = readFilter(fields, kind->filter);
        const double factor = fields.number("rescale_factor", 1e-6, 1.0, 1.0 / 255.0);
        format.scale = fields.boolean("do_rescale", true) ? factor : 1.0;
        format.mean = readChannels(fields, "image_mean", kind->mean, -1000);
        format.deviation = readChannels(fields, "image_std", kind->deviation, 1e-6);
        if (!fields.boolean("do_normalize", true)) {
            format.mean = {0, 0, 0};
            format.deviation = {1, 1, 1};
        }
    }
    return fields.error() ? Result<PixelFormat>(*fields.error()) : format;
}

} // namespace

Result<PixelFormat> parsePixelFormat(std::string_view text, const std::string& what) {
    const Result<Json> json = parseJson(text, what, {});
    return json ? formatFromJson(*json, what) : Result<PixelFormat>(json.error());
}

Result<PixelFormat> readPixelFormat(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / "preprocessor_config.json";
    const Result<Json> json = readJsonObject(path);
    return json ? formatFromJson(*json, path.string()) : Result<PixelFormat>(json.error());
}

} // namespace linnet::engine
