#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "verse/script/traditional_forms.h"
#include "verse/utf8.h"

namespace linnet::verse {

namespace {

// A simplified character and the traditional ones that it stands for in verse, where these differ
// in meaning: spellings of one word (煙, 烟) are OpenCC's to choose.
constexpr std::u32string_view families[] = {
    U"云雲云", U"里里裏", U"余余餘", U"干干乾幹", U"发發髮",   U"系系係繫", U"才才纔", U"征征徵",
    U"占占佔", U"斗斗鬥", U"须須鬚", U"钟鐘鍾",   U"台臺台",   U"后後后",   U"谷谷穀", U"几幾几",
    U"复復複", U"面面麵", U"制制製", U"冲沖衝",   U"丑醜丑",   U"卷卷捲",   U"舍舍捨", U"升升昇",
    U"咸咸鹹", U"郁郁鬱", U"准准準", U"并並并併", U"采采採",   U"彩彩綵",   U"于於于", U"姜姜薑",
    U"范范範", U"朴朴樸", U"只只隻", U"胡胡鬍",   U"累累纍",   U"欲欲慾",   U"志志誌", U"仆僕仆",
    U"辟辟闢", U"夸誇夸", U"岳岳嶽", U"苏蘇甦",   U"蒙蒙濛矇", U"雕雕鵰",   U"布布佈", U"注注註",
    U"周周週", U"托托託", U"折折摺", U"致致緻",   U"向向嚮",
};
constexpr std::size_t leastCount = 4; // of a context
constexpr double prior = 2;           // lines that each context is thought to have had besides

using Counts = std::map<char32_t, std::size_t>; // by form

struct Family {
    Counts all;
    std::array<std::map<char32_t, Counts>, 2> beside;
};

std::size_t sumOf(const Counts& counts) {
    std::size_t sum = 0;
    for (const auto& [form, count] : counts) {
        sum += count;
    }
    return sum;
}

double countOf(const Counts& counts, char32_t form) {
    const auto found = counts.find(form);
    return found != counts.end() ? static_cast<double>(found->second) : 0.0;
}

// The characters beside which the form is more or less frequent, with the weights.
std::string contextsOf(const std::map<char32_t, Counts>& contexts, double form, double usual,
                       char32_t formed, char32_t usually) {
    std::u32string text;
    for (const auto& [character, counts] : contexts) {
        const double with = countOf(counts, formed);
        const double against = countOf(counts, usually);
        const double weight =
            std::log((with + prior * form) * usual / ((against + prior * usual) * form));
        if (with + against >= static_cast<double>(leastCount) && std::abs(weight) >= leastWeight) {
            text += character;
            text += static_cast<char32_t>(letterOf(weight));
        }
    }
    return toUtf8(text);
}

std::string rowsOf(std::u32string_view names, const Family& family) {
    const auto usual =
        std::max_element(family.all.begin(), family.all.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (usual == family.all.end()) {
        return {};
    }
    const auto sum = static_cast<double>(sumOf(family.all));
    const double usualShare = static_cast<double>(usual->second) / sum;
    std::string rows;
    for (const char32_t form : names.substr(1)) {
        const double share = countOf(family.all, form) / sum;
        if (form == usual->first || share == 0) {
            continue;
        }
        for (const char32_t character : {names[0], usual->first, form}) {
            rows += toUtf8({&character, 1}) + '\t';
        }
        rows += letterOf(std::log(share / usualShare));
        for (const auto& side : family.beside) {
            rows += '\t' + contextsOf(side, share, usualShare, form, usual->first);
        }
        rows += '\n';
    }
    return rows;
}

} // namespace

std::string learnForms(std::span<const std::u32string> lines,
                       std::span<const std::u32string> simplified) {
    std::map<char32_t, std::size_t> familyOf; // by traditional form
    for (std::size_t i = 0; i < std::size(families); ++i) {
        for (const char32_t form : families[i].substr(1)) {
            familyOf[form] = i;
        }
    }
    std::vector<Family> all(std::size(families));
    for (std::size_t n = 0; n < std::min(lines.size(), simplified.size()); ++n) {
        const std::u32string& line = lines[n];
        const std::u32string& plain = simplified[n];
        for (std::size_t i = 0; i < line.size() && line.size() == plain.size(); ++i) {
            const auto known = familyOf.find(line[i]);
            if (known == familyOf.end()) {
                continue;
            }
            Family& family = all[known->second];
            ++family.all[line[i]];
            ++family.beside[0][i > 0 ? plain[i - 1] : U'^'][line[i]];
            ++family.beside[1][i + 1 < plain.size() ? plain[i + 1] : U'$'][line[i]];
        }
    }
    std::string table;
    for (std::size_t i = 0; i < std::size(families); ++i) {
        table += rowsOf(families[i], all[i]);
    }
    return table;
}

} // namespace linnet::verse
