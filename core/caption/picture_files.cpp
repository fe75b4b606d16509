#include "caption/picture_files.h"

#include <algorithm>
#include <array>
#include <string>
#include <system_error>
#include <utility>

namespace linnet::caption {

namespace fs = std::filesystem;

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The number at the front of `text`, without leading zeros; the text goes on behind it.
std::string_view takeNumber(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && isDigit(text[end])) {
        ++end;
    }
    std::string_view number = text.substr(0, end);
    text.remove_prefix(end);
    while (number.size() > 1 && number.front() == '0') {
        number.remove_prefix(1);
    }
    return number;
}

bool isHidden(const fs::path& path) {
    const std::string name = path.filename().string();
    return !name.empty() && name.front() == '.';
}

class Finder {
public:
    Finder(std::size_t most, const std::stop_token& stop)
        : m_most(most)
        , m_stop(stop) {}

    void add(const fs::path& path) {
        if (m_found.size() < m_most) {
            m_found.push_back(path);
        }
    }

    void addFolder(const fs::path& folder) {
        std::vector<fs::path> files;
        std::vector<fs::path> folders;
        std::error_code error;
        for (fs::directory_iterator it(folder, error), end; !error && it != end;
             it.increment(error)) {
            if (m_stop.stop_requested()) {
                return;
            }
            std::error_code unknown;
            if (isHidden(it->path())) {
                continue;
            }
            if (it->is_directory(unknown)) {
                if (!it->is_symlink(unknown)) {
                    folders.push_back(it->path());
                }
            } else if (it->is_regular_file(unknown) && hasPictureName(it->path())) {
                files.push_back(it->path());
            }
        }
        const auto before = [](const fs::path& a, const fs::path& b) {
            return naturallyBefore(a.filename().string(), b.filename().string());
        };
        std::sort(files.begin(), files.end(), before);
        std::sort(folders.begin(), folders.end(), before);
        for (const fs::path& file : files) {
            add(file);
        }
        for (const fs::path& inner : folders) {
            if (m_found.size() < m_most && !m_stop.stop_requested()) {
                addFolder(inner);
            }
        }
    }

    std::vector<fs::path> take() { return std::move(m_found); }

private:
    std::size_t m_most;
    const std::stop_token& m_stop;
    std::vector<fs::path> m_found;
};

} // namespace

bool hasPictureName(const fs::path& file) {
    constexpr std::array<std::string_view, 11> endings = {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff", ".bmp", ".dib", ".gif"};
    std::string ending = file.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), lower);
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

bool naturallyBefore(std::string_view a, std::string_view b) {
    const std::string_view wholeA = a;
    const std::string_view wholeB = b;
    while (!a.empty() && !b.empty()) {
        if (isDigit(a.front()) && isDigit(b.front())) {
            const std::string_view one = takeNumber(a);
            const std::string_view other = takeNumber(b);
            if (one != other) {
                return one.size() != other.size() ? one.size() < other.size() : one < other;
            }
            continue;
        }
        const auto one = static_cast<unsigned char>(lower(a.front()));
        const auto other = static_cast<unsigned char>(lower(b.front()));
        if (one != other) {
            return one < other;
        }
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    if (a.empty() != b.empty()) {
        return a.empty();
    }
    return wholeA < wholeB; // "a1" and "a01"
}

std::vector<fs::path> findPictures(const std::vector<fs::path>& paths, std::size_t most,
                                   const std::stop_token& stop) {
    Finder finder(most, stop);
    for (const fs::path& path : paths) {
        std::error_code error;
        if (fs::is_directory(path, error)) {
            finder.addFolder(path);
        } else {
            finder.add(path);
        }
    }
    return finder.take();
}

} // namespace linnet::caption
