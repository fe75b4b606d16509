#include "verse/script/traditional_forms.h"

#include <algorithm>
#include <cmath>

#include "verse/script/forms_table.h" // made of resources/lexicons/zh-forms.tsv
#include "verse/table_rows.h"
#include "verse/utf8.h"

namespace linnet::verse {

using engine::Error;
using engine::ErrorCode;
using engine::Result;

namespace {

constexpr char32_t lineStart = U'^';
constexpr char32_t lineEnd = U'$';

char32_t beside(std::u32string_view text, std::size_t at, bool after) {
    const std::size_t other = after ? at + 1 : at - 1; // at 0, the one before wraps to npos
    if (other >= text.size() || !isIdeograph(text[other])) {
        return after ? lineEnd : lineStart;
    }
    return text[other];
}

std::vector<std::string_view> fieldsOf(std::string_view row) {
    std::vector<std::string_view> fields;
    while (true) {
        const std::size_t tab = row.find('\t');
        fields.push_back(row.substr(0, tab));
        if (tab == std::string_view::npos) {
            return fields;
        }
        row.remove_prefix(tab + 1);
    }
}

Error badRow(std::size_t number, const std::string& why) {
    return {ErrorCode::CorruptFile, "zh-forms.tsv, row " + std::to_string(number) + ": " + why};
}

} // namespace

char letterOf(double weight) {
    return static_cast<char>('m' + std::clamp(static_cast<int>(std::lround(2 * weight)), -12, 13));
}

double weightOf(char letter) {
    return (letter - 'm') / 2.0;
}

Result<TraditionalForms> TraditionalForms::parse(std::string_view table) {
    TraditionalForms forms;
    for (const auto& [number, row] : rowsOf(table)) {
        const auto fields = fieldsOf(row);
        if (fields.size() != 6 || fields[3].size() != 1) {
            return badRow(number, "it has not the six columns");
        }
        std::u32string characters;
        for (int i = 0; i < 3; ++i) {
            characters += toCodePoints(fields[static_cast<std::size_t>(i)]);
        }
        if (characters.size() != 3) {
            return badRow(number, "the first three columns are one character each");
        }
        Form form;
        form.form = characters[2];
        form.weight = weightOf(fields[3].front());
        for (std::size_t side = 0; side < 2; ++side) {
            const std::u32string contexts = toCodePoints(fields[4 + side]);
            if (contexts.size() % 2 != 0) {
                return badRow(number, "a character has no weight");
            }
            for (std::size_t i = 0; i < contexts.size(); i += 2) {
                if (contexts[i + 1] < U'a' || contexts[i + 1] > U'z') {
                    return badRow(number, "a weight is no letter from a to z");
                }
                form.beside[side][contexts[i]] = weightOf(static_cast<char>(contexts[i + 1]));
            }
        }
        Character& character = forms.m_characters[characters[0]];
        character.usual = characters[1];
        character.others.push_back(std::move(form));
    }
    return forms;
}

const TraditionalForms& TraditionalForms::shipped() {
    static const TraditionalForms forms = [] {
        auto parsed = parse(formsTable);
        return parsed ? std::move(*parsed) : TraditionalForms(); // a test reads it
    }();
    return forms;
}

void TraditionalForms::choose(std::u32string_view simplified, std::u32string& converted) const {
    for (std::size_t i = 0; i < simplified.size() && simplified.size() == converted.size(); ++i) {
        const auto known = m_characters.find(simplified[i]);
        if (known == m_characters.end()) {
            continue;
        }
        double most = 0;
        converted[i] = known->second.usual;
        for (const Form& form : known->second.others) {
            double weight = form.weight;
            for (const bool after : {false, true}) {
                const auto& contexts = form.beside[after ? 1 : 0];
                const auto found = contexts.find(beside(simplified, i, after));
                weight += found != contexts.end() ? found->second : 0;
            }
            if (weight > most) {
                most = weight;
                converted[i] = form.form;
            }
        }
    }
}

} // namespace linnet::verse
