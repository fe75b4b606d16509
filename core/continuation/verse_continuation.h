#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/api/generator.h"
#include "engine/api/result.h"
#include "suggest/suggester.h"
#include "verse/line_continuer.h"
#include "verse/script_converter.h"
#include "verse/verse_data.h"

namespace linnet::continuation {

// How the text at the caret is to be taken.
struct VerseMode {
    bool on = false;     // English lines are verse; Chinese ones are when they look like it
    std::string form;    // a name in the form library; empty: whatever fits
    std::string variant; // of it; empty: whatever fits
};

struct CaretText {
    std::string_view before;
    std::string_view after; // on the caret's line
};

// Suggestions in verse, from the models of verse and that of prose: where the script at the caret
// or the writer's choice asks for verse, its model chooses, and the words of prose are held to the
// form's next place. Loads a model of verse when it is first needed. One thread, the one of the
// models.
class VerseContinuation {
public:
    struct Options {
        // What is known of verse; it outlives the continuation. Called once, at the first need.
        std::function<engine::Result<const verse::VerseData*>()> data;
        std::map<verse::Language, std::filesystem::path> models;
        std::shared_ptr<const verse::ScriptConverter> converter; // may be null
        std::function<engine::Result<std::unique_ptr<engine::Generator>>(
            const std::filesystem::path& folder, std::stop_token stop)>
            load;
    };
    explicit VerseContinuation(Options options);
    ~VerseContinuation();

    // The language whose verse model answers here; nothing: prose, or there is no such model.
    std::optional<verse::Language> languageAt(const CaretText& text, const VerseMode& mode);

    // Answers as the prose model would with these options; a null function: there is none.
    using Prose =
        std::function<engine::Result<suggest::Suggestions>(const suggest::SuggestOptions& options)>;
    // Takes what is there early, before a better answer.
    using Early = std::function<void(const suggest::Suggestions& suggestions)>;

    // For a caret of that language. Errors: of the models; the same model is not tried again.
    engine::Result<suggest::Suggestions> suggest(verse::Language language, const CaretText& text,
                                                 const VerseMode& mode,
                                                 const suggest::SuggestOptions& options,
                                                 const Prose& prose, const Early& early,
                                                 std::stop_token stop);

    // Frees the models.
    void unload();

private:
    struct Seat {
        std::unique_ptr<engine::Generator> model;
        std::unique_ptr<verse::LineContinuer> continuer;
        bool failed = false;
    };

    engine::Result<Seat*> seatFor(verse::Language language, const std::stop_token& stop);

    Options m_options;
    const verse::VerseData* m_data = nullptr;
    std::map<verse::Language, Seat> m_seats;
};

} // namespace linnet::continuation
