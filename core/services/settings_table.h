#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <type_traits>

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace linnet::services {

// One setting: its key in the file, its default, what values are valid, and the version of the
// table that brought it. T: bool, int, double, QString, QStringList or QByteArray.
template <typename T>
struct Setting {
    using Value = T;
    // Text defaults are literals; lists and bytes start empty.
    using Default =
        std::conditional_t<std::is_same_v<T, QString>, const char*,
                           std::conditional_t<std::is_arithmetic_v<T>, T, std::nullptr_t>>;
    using Limit = std::conditional_t<std::is_arithmetic_v<T>, T, int>;

    const char* key;
    Default fallback{};
    std::optional<Limit> minimum{};
    std::optional<Limit> maximum{};
    std::array<const char*, 6> choices{}; // of a QString; none: any text
    int since = 1;

    T defaultValue() const {
        if constexpr (std::is_same_v<T, QString>) {
            return QString::fromUtf8(fallback);
        } else if constexpr (std::is_arithmetic_v<T>) {
            return fallback;
        } else {
            return T();
        }
    }
};

// Every setting of the program. The settings dialog binds to these by name; keys never change
// without a migration (see settings.cpp).
namespace setting {

// Writing
inline constexpr Setting<int> columnWidth{"writing/columnWidth", 70, 40, 120}; // Latin letters
inline constexpr Setting<int> lineHeight{"writing/lineHeight", 150, 100, 250}; // per cent
inline constexpr Setting<int> tabWidth{"writing/tabWidth", 4, 1, 16};          // spaces
inline constexpr Setting<bool> tabInsertsSpaces{"writing/tabInsertsSpaces", false};
inline constexpr Setting<bool> typewriterScrolling{"writing/typewriterScrolling", false};
inline constexpr Setting<bool> focusParagraph{"writing/focusParagraph", false};
inline constexpr Setting<bool> spellCheck{"writing/spellCheck", true};
inline constexpr Setting<QString> spellDictionary{// of Hunspell, "en_GB"; empty: the system's
                                                  "writing/spellDictionary", ""};
inline constexpr Setting<bool> markdownHighlighting{"writing/markdownHighlighting", true};
inline constexpr Setting<bool> restoreSession{"writing/restoreSession", true};
inline constexpr Setting<bool> saveAutomatically{"writing/saveAutomatically", false};
inline constexpr Setting<QString> newFileLineEnding{
    "writing/newFileLineEnding", "system", {}, {}, {"system", "lf", "crlf"}};

// Suggestions
inline constexpr Setting<bool> suggestionsEnabled{"suggestions/enabled", true};
inline constexpr Setting<bool> ghostText{"suggestions/ghostText", true};
inline constexpr Setting<bool> wordBar{"suggestions/wordBar", true};
inline constexpr Setting<int> wordCount{"suggestions/wordCount", 5, 1, 9};
inline constexpr Setting<double> ghostThreshold{// negative: the model's own
                                                "suggestions/ghostThreshold", -1.0, -1.0, 1.0};
inline constexpr Setting<int> ghostWords{"suggestions/ghostWords", 4, 1, 20};
inline constexpr Setting<int> suggestionDelay{"suggestions/delay", 0, 0, 2000}; // ms
inline constexpr Setting<bool> learnFromDocuments{"suggestions/learnFromDocuments", false};
inline constexpr Setting<bool> announceSuggestions{"suggestions/announce", false}; // screen readers
inline constexpr Setting<bool> showProvenance{"suggestions/showProvenance", true};

// Verse
inline constexpr Setting<QString> verseForm{"verse/form", ""};           // of marks; empty: any
inline constexpr Setting<QStringList> verseDocuments{"verse/documents"}; // suffixes with marks
inline constexpr Setting<QString> verseLanguage{
    "verse/language", "interface", {}, {}, {"interface", "en", "zh"}}; // whose forms come first
inline constexpr Setting<QString> poemForm{"verse/poemForm", ""}; // composed last; empty: first
inline constexpr Setting<QString> poemStyle{                      // a dynasty; empty: any
                                            "verse/poemStyle",
                                            "",
                                            {},
                                            {},
                                            {"", "唐", "宋", "元", "明", "清"}};
inline constexpr Setting<int> poemVersions{"verse/versions", 2, 1, 8};
inline constexpr Setting<double> poemTemperature{"verse/temperature", 1.0, 0.1, 2.0};
inline constexpr Setting<bool> poemTraditional{"verse/traditional", false};
inline constexpr Setting<bool> verseAtStart{"verse/atStart", false}; // marks in every document
inline constexpr Setting<bool> verseSuggestions{"verse/suggestions", true};
inline constexpr Setting<QString> rhymeKinds{"verse/rhymes", "all", {}, {}, {"all", "perfect"}};

// Pictures
inline constexpr Setting<QString> captionLanguage{
    "pictures/language", "interface", {}, {}, {"interface", "en", "zh", "both"}};
inline constexpr Setting<QString> captionModel{"pictures/model", ""}; // name or folder; empty: best
inline constexpr Setting<int> pictureMegabytes{"pictures/megabytes", 50, 1, 500};
inline constexpr Setting<int> pictureMegapixels{"pictures/megapixels", 64, 1, 500};

// Models
inline constexpr Setting<QString> proseModel{"models/prose", ""}; // name or folder; empty: best
inline constexpr Setting<QString> device{"models/device", "auto", {}, {}, {"auto", "cpu", "cuda"}};
inline constexpr Setting<QString> precision{
    "models/precision", "auto", {}, {}, {"auto", "float32", "bfloat16", "float16", "int8"}};
inline constexpr Setting<int> threads{"models/threads", 0, 0, 256};         // 0: automatic
inline constexpr Setting<int> idleUnload{"models/idleUnload", 10, 0, 1440}; // minutes; 0: never
inline constexpr Setting<QStringList> modelFolders{"models/folders"};       // beside the standard

// Remote
inline constexpr Setting<QStringList> remoteProfiles{"remote/profiles"}; // see remote_profile.h
inline constexpr Setting<QString> remoteRouting{
    "remote/routing", "local", {}, {}, {"local", "remote", "fallback"}};

// Appearance
inline constexpr Setting<QString> theme{
    "appearance/theme", "system", {}, {}, {"system", "light", "dark"}};
inline constexpr Setting<QString> textFont{"appearance/textFont", ""}; // family; empty: the serif
inline constexpr Setting<QString> chineseFont{"appearance/chineseFont", ""};
inline constexpr Setting<double> textSize{"appearance/textSize", 13.5, 6.0, 72.0}; // points
inline constexpr Setting<int> zoom{"appearance/zoom", 100, 50, 300};               // per cent
inline constexpr Setting<QString> language{// takes effect at the next start
                                           "appearance/language",
                                           "system",
                                           {},
                                           {},
                                           {"system", "en", "zh_CN"}};
inline constexpr Setting<bool> showStatusBar{"appearance/statusBar", true};

// The window and the session
inline constexpr Setting<QByteArray> windowGeometry{"window/geometry"};
inline constexpr Setting<QByteArray> windowState{"window/state"};
inline constexpr Setting<QStringList> recentFiles{"session/recentFiles"};
inline constexpr Setting<QStringList> openDocuments{"session/documents"};
inline constexpr Setting<int> currentDocument{"session/current", 0, 0, 1000};

// The table: what is known, in the order of the dialog.
inline constexpr std::tuple table{&columnWidth,
                                  &lineHeight,
                                  &tabWidth,
                                  &tabInsertsSpaces,
                                  &typewriterScrolling,
                                  &focusParagraph,
                                  &spellCheck,
                                  &spellDictionary,
                                  &markdownHighlighting,
                                  &restoreSession,
                                  &saveAutomatically,
                                  &newFileLineEnding,
                                  &suggestionsEnabled,
                                  &ghostText,
                                  &wordBar,
                                  &wordCount,
                                  &ghostThreshold,
                                  &ghostWords,
                                  &suggestionDelay,
                                  &learnFromDocuments,
                                  &announceSuggestions,
                                  &showProvenance,
                                  &verseForm,
                                  &verseDocuments,
                                  &verseLanguage,
                                  &poemForm,
                                  &poemStyle,
                                  &poemVersions,
                                  &poemTemperature,
                                  &poemTraditional,
                                  &verseAtStart,
                                  &verseSuggestions,
                                  &rhymeKinds,
                                  &captionLanguage,
                                  &captionModel,
                                  &pictureMegabytes,
                                  &pictureMegapixels,
                                  &proseModel,
                                  &device,
                                  &precision,
                                  &threads,
                                  &idleUnload,
                                  &modelFolders,
                                  &remoteProfiles,
                                  &remoteRouting,
                                  &theme,
                                  &textFont,
                                  &chineseFont,
                                  &textSize,
                                  &zoom,
                                  &language,
                                  &showStatusBar,
                                  &windowGeometry,
                                  &windowState,
                                  &recentFiles,
                                  &openDocuments,
                                  &currentDocument};

// Shortcuts are keys/<action name>, a list of key sequences in portable text.
inline constexpr const char* shortcutGroup = "keys";

} // namespace setting

// The version of the table, written into the file.
inline constexpr int settingsVersion = 1;

} // namespace linnet::services
