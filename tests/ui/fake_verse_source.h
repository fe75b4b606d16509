#pragma once

#include <functional>

#include <QVector>

#include "services/verse_source.h"

namespace linnet::tests {

// Two forms; every character or word counts as one level or weak syllable, and a row of more than
// seven characters is faulty in its last one. Answers when the test says so.
class FakeVerseSource : public services::VerseSource {
    Q_OBJECT
public:
    explicit FakeVerseSource(QObject* parent = nullptr)
        : services::VerseSource(parent) {
        services::VerseForm qijue;
        qijue.name = QStringLiteral("qijue");
        qijue.language = services::VerseLanguage::Chinese;
        qijue.title = {QStringLiteral("Seven-character quatrain"), QStringLiteral("七言绝句")};
        qijue.shortTitle = {QStringLiteral("7-character quatrain"), QStringLiteral("七绝")};
        qijue.description = {QStringLiteral("Four lines of seven."), QStringLiteral("四句七言。")};
        qijue.variants = {{QStringLiteral("ping"),
                           {QStringLiteral("Level start"), QStringLiteral("平起")},
                           {},
                           0},
                          {QStringLiteral("ze"),
                           {QStringLiteral("Oblique start"), QStringLiteral("仄起")},
                           {},
                           0}};
        qijue.lines = 4;
        qijue.shortest = qijue.longest = 7;
        qijue.rhymed = qijue.patterned = true;
        services::VerseForm free;
        free.name = QStringLiteral("couplets");
        free.title = {QStringLiteral("Couplets"), QStringLiteral("双行体")};
        free.shortTitle = free.title;
        free.variants = {{QString(), {}, {}, 2}};
        all = {qijue, free};
    }

    const QVector<services::VerseForm>& forms() const override { return all; }
    QStringList rhymeGroups() const override {
        return {QStringLiteral("一东"), QStringLiteral("二冬")};
    }
    quint64 analyse(const services::VerseQuery& query) override {
        queries.append(query);
        return ++lastId;
    }
    quint64 findRhymes(const services::RhymeQuery& query) override {
        words.append(query.word);
        rhymeQuery = query;
        return ++lastId;
    }
    quint64 convert(const QStringList& lines, bool traditional) override {
        conversions.append(lines);
        toTraditional = traditional;
        return ++lastId;
    }

    // Answers everything that was asked since the last time.
    void answer() {
        for (qsizetype i = answered; i < queries.size(); ++i) {
            Q_EMIT analysed(lastId - static_cast<quint64>(queries.size() - 1 - i),
                            report(queries.at(i)));
        }
        answered = queries.size();
    }
    static services::VerseReport report(const services::VerseQuery& query) {
        services::VerseReport result;
        result.form = query.form;
        result.language = services::VerseLanguage::Chinese;
        const QStringList rows = query.text.split(u'\n');
        for (int row = 0; row < rows.size(); ++row) {
            if (rows.at(row).isEmpty()) {
                continue;
            }
            services::VerseLine line;
            line.row = row;
            line.length = line.count = static_cast<int>(rows.at(row).size());
            line.rhyme = QStringLiteral("A");
            line.rhymeWith = QStringLiteral("一东");
            for (int i = 0; i < line.length; ++i) {
                line.units.append(
                    {i, 1, {services::VerseMark::Level}, {QStringLiteral("平 一东")}, false});
            }
            result.lines.append(line);
            if (line.length > 7) {
                services::VerseFault fault;
                fault.kind = verse::FaultKind::Tone;
                fault.line = static_cast<int>(result.lines.size()) - 1;
                fault.start = line.length - 1;
                fault.length = 1;
                fault.subject = rows.at(row).right(1);
                result.faults.append(fault);
            }
        }
        return result;
    }

    QVector<services::VerseForm> all;
    QVector<services::VerseQuery> queries;
    QStringList words;
    services::RhymeQuery rhymeQuery; // the latest
    QVector<QStringList> conversions;
    bool toTraditional = false;
    quint64 lastId = 0;
    qsizetype answered = 0;
};

} // namespace linnet::tests
