#include "verse/form_library.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>

namespace linnet::verse {

namespace {

namespace fs = std::filesystem;
using engine::Error;
using engine::ErrorCode;
using engine::Result;

} // namespace

Result<FormLibrary> FormLibrary::open(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
        if (i->path().extension() == ".json") {
            files.push_back(i->path());
        }
    }
    if (files.empty()) {
        return Error{ErrorCode::NotFound, "there are no forms in " + folder.string()};
    }
    std::sort(files.begin(), files.end());
    FormLibrary library;
    for (const fs::path& path : files) {
        std::ifstream file(path, std::ios::binary);
        const std::string text(std::istreambuf_iterator<char>(file), {});
        if (!file || file.bad()) {
            return Error{ErrorCode::Io, "cannot read " + path.string()};
        }
        auto form = readForm(text, path.string());
        if (!form) {
            return form.error();
        }
        if (form->name != path.stem().string()) {
            return Error{ErrorCode::CorruptFile, path.string() + ": \"name\" is \"" + form->name +
                                                     "\"; it must be the file's own name"};
        }
        library.m_forms.push_back(std::move(form).value());
    }
    std::stable_sort(library.m_forms.begin(), library.m_forms.end(),
                     [](const Form& a, const Form& b) { return a.order < b.order; });
    return library;
}

Result<const Form*> FormLibrary::find(std::string_view name) const {
    std::string names;
    for (const Form& form : m_forms) {
        if (form.name == name || form.title.zh == name || form.shortTitle.zh == name) {
            return &form;
        }
        names += (names.empty() ? "" : ", ") + form.name;
    }
    return Error{ErrorCode::NotFound,
                 "there is no form \"" + std::string(name) + "\"; there are: " + names};
}

} // namespace linnet::verse
