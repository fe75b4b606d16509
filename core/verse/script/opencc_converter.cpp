#include "verse/script/opencc_converter.h"

#include <system_error>

#ifdef LINNET_HAVE_OPENCC

#include <dlfcn.h>
#include <exception>
#include <mutex>
#include <opencc.h>
#include <optional>
#include <string>

#include "verse/script/traditional_forms.h"
#include "verse/utf8.h"

namespace linnet::verse {

namespace {

namespace fs = std::filesystem;

// Where OpenCC's library was loaded from; empty if the system does not say.
fs::path libraryFile() {
    Dl_info info{};
    if (dladdr(reinterpret_cast<void*>(&opencc_open), &info) == 0 || info.dli_fname == nullptr) {
        return {};
    }
    std::error_code error;
    return fs::absolute(info.dli_fname, error);
}

// One direction. OpenCC converts on several threads at once, but reading its files is guarded.
class Direction {
public:
    explicit Direction(const char* config)
        : m_config(config) {}

    std::string convert(std::string_view text) const {
        try {
            std::call_once(m_once, [this] {
                m_converter.emplace(openccConfig(libraryFile(), m_config).string());
            });
            return inBasicPlane(text, m_converter->Convert(text.data(), text.size()));
        } catch (const std::exception&) { // its data files are not installed
            return std::string(text);
        }
    }

private:
    static std::string inBasicPlane(std::string_view before, const std::string& after) {
        std::u32string old = toCodePoints(before);
        std::u32string converted = toCodePoints(after);
        for (std::size_t i = 0; i < converted.size() && old.size() == converted.size(); ++i) {
            converted[i] = converted[i] > 0xFFFF ? old[i] : converted[i];
        }
        return toUtf8(converted);
    }

    const char* m_config;
    mutable std::once_flag m_once;
    mutable std::optional<opencc::SimpleConverter> m_converter;
};

class OpenccConverter : public ScriptConverter {
public:
    std::string toSimplified(std::string_view text) const override {
        return m_toSimplified.convert(text);
    }
    // OpenCC knows the words of today, the other table those of verse.
    std::string toTraditional(std::string_view text) const override {
        const std::u32string simplified = toCodePoints(text);
        std::u32string converted = toCodePoints(m_toTraditional.convert(text));
        if (converted != simplified) { // else its files are not there, or nothing is simplified
            TraditionalForms::shipped().choose(simplified, converted);
        }
        return toUtf8(converted);
    }

private:
    Direction m_toSimplified{"t2s.json"};
    Direction m_toTraditional{"s2t.json"};
};

} // namespace

std::shared_ptr<const ScriptConverter> makeOpenccConverter() {
    return std::make_shared<OpenccConverter>();
}

} // namespace linnet::verse

#else

namespace linnet::verse {

std::shared_ptr<const ScriptConverter> makeOpenccConverter() {
    return nullptr;
}

} // namespace linnet::verse

#endif

namespace linnet::verse {

std::filesystem::path openccConfig(const std::filesystem::path& library, const std::string& name) {
    std::error_code error;
    for (std::filesystem::path folder = library.parent_path(); folder.has_relative_path();
         folder = folder.parent_path()) {
        std::filesystem::path file = folder / "share" / "opencc" / name;
        if (std::filesystem::is_regular_file(file, error)) {
            return file;
        }
    }
    return name;
}

} // namespace linnet::verse
