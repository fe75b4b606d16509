#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "verse/form.h"

namespace linnet::verse {

// Reads one form from JSON text; `origin` names it in messages. Strict: an unknown key, a missing
// one, a pattern of the wrong letters are errors (CorruptFile) that name origin and key.
engine::Result<Form> readForm(std::string_view json, const std::string& origin);

// The forms there are, one JSON file each.
class FormLibrary {
public:
    // Reads every *.json of the folder. Errors: NotFound (no folder or no form in it), Io,
    // CorruptFile (also when two files have the same name).
    static engine::Result<FormLibrary> open(const std::filesystem::path& folder);

    // In the order of the key "order" of the files, then by name.
    std::span<const Form> forms() const { return m_forms; }
    // By name ("qijue"), or by a title in Chinese ("七绝"). Error: NotFound, names what there is.
    engine::Result<const Form*> find(std::string_view name) const;

private:
    std::vector<Form> m_forms;
};

} // namespace linnet::verse
