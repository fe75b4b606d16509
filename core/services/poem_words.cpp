#include "services/poem_words.h"

#include <algorithm>

#include <QRegularExpression>

namespace linnet::services {

namespace {

bool isChinese(const VerseForm& form) {
    return form.language == VerseLanguage::Chinese;
}

// "一东", unlike a character to rhyme with.
bool isGroup(const QString& rhyme) {
    return rhyme.toUcs4().size() > 1;
}

QString wishes(const PoemQuery& query, bool chinese) {
    QStringList all;
    const auto wish = [&](const QString& value, const char* en, const char* zh) {
        if (!value.isEmpty()) {
            all.append(QString::fromUtf8(chinese ? zh : en).arg(value));
        }
    };
    wish(query.theme, "Theme: %1.", "题旨：%1。");
    wish(query.title, "Title: %1.", "题目：%1。");
    wish(query.keywords.join(QStringLiteral(", ")), "Use these words: %1.", "用到这些词：%1。");
    wish(query.style, "Style: %1.", "风格：%1。");
    wish(query.firstLine, "The first line is: %1", "首句为：%1");
    if (chinese && isGroup(query.rhyme)) {
        wish(query.rhyme, "", "押平水韵：%1。");
    } else {
        wish(query.rhyme,
             "One of the lines ends with this word, and those that should rhyme with it do: %1.",
             "押韵，其中一个韵脚是：%1。");
    }
    wish(query.acrostic, "The lines begin with, one each: %1.", "各句依次以这些字开头：%1。");
    for (auto line = query.fixed.begin(); line != query.fixed.end(); ++line) {
        wish(QString::number(line.key() + 1) + QStringLiteral(": ") + line.value(),
             "This line stays as it is, number %1", "这一句保持不变，第 %1");
    }
    if (chinese && query.traditional) {
        all.append(QString::fromUtf8("用繁体字。"));
    }
    return all.join(u'\n');
}

// What models put around the lines of a poem.
QString withoutDecoration(const QString& line) {
    static const QRegularExpression front(
        QStringLiteral("^(?:[-*•>]\\s+|\\d{1,2}[.)、．]\\s*|\\*\\*|_)"));
    static const QRegularExpression back(QStringLiteral("(?:\\*\\*|_|\\\\)$"));
    QString clean = line.trimmed();
    clean.remove(front);
    clean.remove(back);
    return clean.trimmed();
}

bool isTitle(const QString& line) {
    static const QRegularExpression title(QStringLiteral("^(?:#+\\s|《.*》$|title\\s*:|题目|标题)"),
                                          QRegularExpression::CaseInsensitiveOption);
    return title.match(line).hasMatch();
}

QString bare(const QString& text) {
    QString letters;
    for (const QChar c : text) {
        if (c.isLetterOrNumber()) {
            letters += c.toLower();
        }
    }
    return letters;
}

} // namespace

protocol::ChatRequest poemInWords(const PoemQuery& query, const VerseForm& form,
                                  const QString& complaint, int version) {
    const bool chinese = isChinese(form);
    QString text;
    if (chinese) {
        text = QString::fromUtf8("写一首%1。%2\n%3\n只写诗句，每句一行，不要题目和说明。")
                   .arg(form.title.zh, form.description.zh, wishes(query, true));
    } else {
        text = QStringLiteral("Write a poem of this form: %1. %2\n%3\nWrite nothing but the lines "
                              "of the poem, one line each, without a title or comments.")
                   .arg(form.title.en, form.description.en, wishes(query, false));
    }
    if (!complaint.isEmpty()) {
        text += (chinese ? QString::fromUtf8("\n上一首不合要求：%1")
                         : QStringLiteral("\nThe poem before was not right: %1"))
                    .arg(complaint);
    }
    protocol::ChatRequest request;
    protocol::ChatMessage message;
    message.role = "user";
    message.content.push_back({protocol::ContentPart::Kind::Text, text.toStdString()});
    request.messages.push_back(message);
    request.options.maxTokens = 1024;
    request.options.temperature = query.temperature;
    request.options.seed =
        static_cast<std::int64_t>((query.seed + static_cast<quint64>(version)) & 0x7fffffffULL);
    return request;
}

PoemReply poemFromWords(const QString& answer, const VerseForm& form) {
    QString text = answer;
    // What a model thought aloud is not the poem.
    static const QRegularExpression thoughts(QStringLiteral("<think>.*?</think>"),
                                             QRegularExpression::DotMatchesEverythingOption);
    text.remove(thoughts);
    PoemReply poem;
    poem.form = form.name;
    bool gap = false;
    for (const QString& row : text.split(u'\n')) {
        const QString line = withoutDecoration(row);
        if (line.startsWith(QLatin1String("```")) || isTitle(line) || line.endsWith(u':') ||
            line.endsWith(QChar(0xff1a))) {
            continue;
        }
        if (line.isEmpty()) {
            gap = !poem.lines.isEmpty();
            continue;
        }
        QStringList parts{line};
        if (isChinese(form)) { // two lines of verse often share a row
            static const QRegularExpression stops(QStringLiteral("(?<=[，。！？；])"));
            parts = line.split(stops, Qt::SkipEmptyParts);
        }
        if (gap) {
            poem.breaks.append(static_cast<int>(poem.lines.size()));
            gap = false;
        }
        for (const QString& part : parts) {
            poem.lines.append({part.trimmed(), false, false});
        }
    }
    return poem;
}

QString missingWishes(const PoemQuery& query, const PoemReply& poem) {
    QStringList missing;
    const auto want = [&](int line, const QString& text) {
        const QString have = line < poem.lines.size() ? poem.lines[line].text : QString();
        if (bare(have) != bare(text)) {
            missing.append(QStringLiteral("line %1 must be: %2").arg(line + 1).arg(text));
        }
    };
    if (!query.firstLine.isEmpty()) {
        want(0, query.firstLine);
    }
    for (auto line = query.fixed.begin(); line != query.fixed.end(); ++line) {
        want(line.key(), line.value());
    }
    const QString acrostic = bare(query.acrostic);
    for (qsizetype i = 0; i < acrostic.size(); ++i) {
        const QString have = i < poem.lines.size() ? bare(poem.lines[i].text) : QString();
        if (have.isEmpty() || have[0] != acrostic[i]) {
            missing.append(
                QStringLiteral("line %1 must begin with %2").arg(i + 1).arg(acrostic[i]));
        }
    }
    return missing.join(QStringLiteral("; "));
}

QString missingRhyme(const PoemQuery& query, const VerseReport& report, const PoemReply& poem) {
    if (query.rhyme.isEmpty()) {
        return {};
    }
    const bool group = report.language == VerseLanguage::Chinese && isGroup(query.rhyme);
    const QStringList rows = textOf(poem).split(u'\n');
    const bool found =
        std::any_of(report.lines.begin(), report.lines.end(), [&](const VerseLine& line) {
            if (line.rhyme.isEmpty() || line.units.isEmpty()) {
                return false;
            }
            const VerseUnit& last = line.units.constLast();
            return group ? line.rhymeWith == query.rhyme
                         : bare(rows.value(line.row).mid(last.start, last.length)) ==
                               bare(query.rhyme);
        });
    return found   ? QString()
           : group ? QStringLiteral("no line rhymes in the group %1").arg(query.rhyme)
                   : QStringLiteral("no line that rhymes ends with %1").arg(query.rhyme);
}

verse::PoemRequest toRequest(const PoemQuery& query) {
    verse::PoemRequest request;
    request.form = query.form.toStdString();
    request.variant = query.variant.toStdString();
    request.theme = query.theme.toStdString();
    request.title = query.title.toStdString();
    for (const QString& keyword : query.keywords) {
        request.keywords.push_back(keyword.toStdString());
    }
    request.firstLine = query.firstLine.toStdString();
    request.rhyme = query.rhyme.toStdString();
    request.acrostic = query.acrostic.toStdString();
    request.style = query.style.toStdString();
    for (auto line = query.fixed.begin(); line != query.fixed.end(); ++line) {
        request.fixed[line.key()] = line.value().toStdString();
    }
    request.lines = query.lines;
    request.count = query.count;
    request.seed = query.seed;
    request.temperature = query.temperature;
    request.traditional = query.traditional;
    return request;
}

protocol::PoemRequest toRemote(const PoemQuery& query) {
    protocol::PoemRequest request;
    protocol::copyWishes(toRequest(query), request);
    request.seed = static_cast<std::int64_t>(query.seed & 0x7fffffffffffffffULL);
    request.stream = true;
    return request;
}

PoemReply fromRemote(const protocol::WrittenPoem& poem) {
    PoemReply reply;
    reply.form = QString::fromStdString(poem.form);
    reply.variant = QString::fromStdString(poem.variant);
    reply.title = QString::fromStdString(poem.title);
    for (const std::string& line : poem.lines) {
        reply.lines.append({QString::fromStdString(line), false, false});
    }
    for (const int line : poem.fromCorpus) {
        if (line >= 1 && line <= reply.lines.size()) {
            reply.lines[line - 1].fromCorpus = true;
        }
    }
    for (const int line : poem.breaks) {
        reply.breaks.append(line);
    }
    reply.seed = poem.seed;
    reply.score = poem.score;
    return reply;
}

QString textOf(const PoemReply& poem) {
    QStringList rows;
    for (int i = 0; i < poem.lines.size(); ++i) {
        if (poem.breaks.contains(i)) {
            rows.append(QString());
        }
        rows.append(poem.lines[i].text);
    }
    return rows.join(u'\n');
}

} // namespace linnet::services
