#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "caption/caption_desk.h"
#include "context.h"

namespace linnet::cli {

// What the commands about captions share.
struct CaptionArguments {
    std::string model;    // empty: the first installed that writes captions
    std::string language; // "en", "zh", "en,zh"; empty: the model's first
    int beams = 0;        // 0: the model's own
    int count = 3;
    int megabytes = 50;
    int megapixels = 64;
};

void addCaptionOptions(CLI::App& command, CaptionArguments& arguments);

struct CaptionedPicture {
    std::vector<caption::Caption> captions;
    double milliseconds = 0; // reading, decoding and writing
};

// The installed model that writes captions, loaded for the first picture.
class PictureCaptioner {
public:
    PictureCaptioner(Context& context, CaptionArguments arguments)
        : m_context(context)
        , m_arguments(std::move(arguments)) {}

    // Loads the model if it is not loaded yet.
    engine::Result<engine::Captioner*> model();
    // Of the search for `arguments`, by the model if they do not say; 0 before it is loaded.
    int beams(const CaptionArguments& arguments) const;
    engine::Result<CaptionedPicture> caption(const std::filesystem::path& file,
                                             const CaptionArguments& arguments);
    engine::Result<CaptionedPicture> caption(std::span<const std::uint8_t> bytes,
                                             const CaptionArguments& arguments);

private:
    Context& m_context;
    CaptionArguments m_arguments;
    std::unique_ptr<engine::Captioner> m_model;
    caption::CaptionDesk m_desk;
};

// {"text":..., "p":..., "language":...} each.
nlohmann::json toJson(const std::vector<caption::Caption>& captions);

// The folder of the model that writes captions: by name or path, else the first installed one.
// Error: NotFound.
engine::Result<std::filesystem::path> findCaptioner(const Context& context,
                                                    const std::string& nameOrPath);

} // namespace linnet::cli
