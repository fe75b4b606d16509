#pragma once

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace linnet::test {

// A folder of its own for one test, gone with the object.
class FileFixture {
public:
    std::filesystem::path path(const std::string& name = {}) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    std::filesystem::path write(const std::string& name, std::string_view content) const {
        // Some file systems flush a file to the disk that is cut to nothing and written again.
        std::filesystem::remove(path(name));
        std::ofstream file(path(name), std::ios::binary);
        file.write(content.data(), static_cast<std::streamsize>(content.size()));
        return path(name);
    }

    // Copies a folder of the tests' data into this one.
    void copy(const std::filesystem::path& from) const {
        std::filesystem::copy(from, path(),
                              std::filesystem::copy_options::recursive |
                                  std::filesystem::copy_options::overwrite_existing);
    }

private:
    // In memory where that can be: thousands of small files are slow on a disk.
    static QString folderTemplate() {
        const QString memory = QStringLiteral("/dev/shm");
        const QString place = QFileInfo(memory).isWritable() ? memory : QDir::tempPath();
        return place + QStringLiteral("/linnet-test-XXXXXX");
    }

    QTemporaryDir m_folder = QTemporaryDir(folderTemplate());
};

inline std::string readFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A safetensors file from its header's text and its data.
inline std::string safetensorsFile(std::string_view header, std::string_view data) {
    std::string file;
    for (unsigned i = 0; i < 8; ++i) {
        file.push_back(static_cast<char>(static_cast<std::uint64_t>(header.size()) >> (8U * i)));
    }
    file += header;
    file += data;
    return file;
}

inline std::filesystem::path testData(const std::string& name) {
    return std::filesystem::path(LINNET_TEST_DATA) / name;
}

} // namespace linnet::test
