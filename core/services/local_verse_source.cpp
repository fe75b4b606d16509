#include "services/local_verse_source.h"

#include <filesystem>
#include <utility>

#include "services/verse_report.h"
#include "verse/analyzer.h"
#include "verse/rhyme_finder.h"
#include "verse/script/opencc_converter.h"
#include "verse/utf8.h"

namespace linnet::services {

class LocalVerseSource::Reader {
public:
    explicit Reader(const verse::VerseData& data)
        : m_data(data)
        , m_analyzer(data)
        , m_pronouncer(data.english) {}

    VerseReport analyse(const VerseQuery& query) const {
        const std::string text = query.text.toStdString();
        verse::AnalysisOptions options;
        options.variant = query.variant.toStdString();
        const auto form = m_data.forms.find(query.form.toStdString());
        // A form that is gone is one that the writer did not choose.
        const verse::Analysis analysis = !query.form.isEmpty() && form
                                             ? m_analyzer.analyse(text, **form, options)
                                             : m_analyzer.recognise(text, options);
        return toReport(analysis, query.text, m_data.forms, m_data.chinese);
    }

    RhymeReport rhymes(const QString& word) {
        const QString wanted = word.trimmed();
        const std::u32string characters = verse::toCodePoints(wanted.toStdString());
        if (!characters.empty() && verse::isIdeograph(characters.back())) {
            return chineseRhymes(characters.back());
        }
        if (!m_rhymes) {
            m_rhymes.emplace(m_pronouncer); // takes its time, so not before it is needed
        }
        RhymeReport report;
        for (const auto kind : {RhymeKind::Perfect, RhymeKind::Family, RhymeKind::Slant}) {
            report.sets.append({kind, QString(), {}});
        }
        for (const verse::RhymingWord& found : m_rhymes->find(wanted.toStdString())) {
            report.sets[static_cast<int>(found.kind)].words.append(
                QString::fromStdString(found.word));
        }
        report.sets.removeIf([](const RhymeSet& set) { return set.words.isEmpty(); });
        return report;
    }

    QStringList convert(const QStringList& lines, bool traditional) const {
        if (m_converter == nullptr) {
            return lines;
        }
        QStringList result;
        for (const QString& line : lines) {
            const std::string text = line.toStdString();
            result.append(QString::fromStdString(traditional ? m_converter->toTraditional(text)
                                                             : m_converter->toSimplified(text)));
        }
        return result;
    }

private:
    RhymeReport chineseRhymes(char32_t character) const {
        RhymeReport report;
        report.language = VerseLanguage::Chinese;
        const verse::ZhLexicon& lexicon = m_data.chinese;
        const auto script = lexicon.scriptOf(std::u32string(1, character));
        const auto add = [&](RhymeKind kind, verse::RhymeGroupId group,
                             const std::vector<char32_t>& characters) {
            if (characters.empty()) {
                return;
            }
            RhymeSet set{kind, QString::fromStdString(lexicon.groups()[group].name), {}};
            for (const char32_t one : characters) {
                set.words.append(QString::fromUcs4(&one, 1));
            }
            report.sets.append(set);
        };
        const auto readings =
            verse::rhymesOf(lexicon, character, script.value_or(verse::Script::Simplified));
        for (const verse::RhymingCharacters& reading : readings) {
            add(RhymeKind::Perfect, reading.reading.group, reading.characters);
        }
        for (const verse::RhymingCharacters& reading : readings) {
            for (const auto& [group, characters] : reading.neighbours) {
                add(RhymeKind::Family, group, characters);
            }
        }
        return report;
    }

    const verse::VerseData& m_data;
    verse::Analyzer m_analyzer;
    verse::EnPronouncer m_pronouncer;
    std::optional<verse::RhymeFinder> m_rhymes;
    std::shared_ptr<const verse::ScriptConverter> m_converter = verse::makeOpenccConverter();
};

LocalVerseSource::LocalVerseSource(const QString& folder, QObject* parent)
    : VerseSource(parent)
    , m_folder(folder) {
}

LocalVerseSource::~LocalVerseSource() {
    m_thread.request_stop();
    m_wake.notify_all();
}

const verse::VerseData* LocalVerseSource::data() const {
    if (m_data == nullptr && m_failure.isEmpty()) {
        auto opened = verse::VerseData::open(std::filesystem::path(m_folder.toStdU16String()));
        if (opened) {
            m_data = std::make_shared<const verse::VerseData>(std::move(*opened));
            for (const verse::Form& form : m_data->forms.forms()) {
                m_forms.append(toVerseForm(form));
            }
        } else {
            m_failure = QString::fromStdString(opened.error().message);
        }
    }
    return m_data.get();
}

const QVector<VerseForm>& LocalVerseSource::forms() const {
    data();
    return m_forms;
}

QStringList LocalVerseSource::rhymeGroups() const {
    QStringList names;
    if (const verse::VerseData* known = data()) {
        for (const verse::RhymeGroup& group : known->chinese.groups()) {
            if (group.tone == verse::Tone::Level) {
                names.append(QString::fromStdString(group.name));
            }
        }
    }
    return names;
}

quint64 LocalVerseSource::analyse(const VerseQuery& query) {
    const quint64 id = m_lastId + 1;
    return post([id, query](Reader& reader) {
        Answer answer;
        answer.id = id;
        answer.report = reader.analyse(query);
        return answer;
    });
}

quint64 LocalVerseSource::findRhymes(const QString& word) {
    const quint64 id = m_lastId + 1;
    return post([id, word](Reader& reader) {
        Answer answer;
        answer.id = id;
        answer.rhymes = reader.rhymes(word);
        return answer;
    });
}

quint64 LocalVerseSource::convert(const QStringList& lines, bool traditional) {
    const quint64 id = m_lastId + 1;
    return post([id, lines, traditional](Reader& reader) {
        Answer answer;
        answer.id = id;
        answer.lines = reader.convert(lines, traditional);
        return answer;
    });
}

quint64 LocalVerseSource::post(Task task) {
    ++m_lastId;
    if (data() == nullptr) {
        if (!std::exchange(m_told, true)) {
            QMetaObject::invokeMethod(
                this, [this] { Q_EMIT failed(m_failure); }, Qt::QueuedConnection);
        }
        return m_lastId;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
    }
    if (!m_thread.joinable()) {
        m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    m_wake.notify_one();
    return m_lastId;
}

void LocalVerseSource::run(const std::stop_token& stop) {
    Reader reader(*m_data);
    while (true) {
        Task task;
        {
            std::unique_lock lock(m_mutex);
            if (!m_wake.wait(lock, stop, [this] { return !m_tasks.empty(); })) {
                return;
            }
            task = std::move(m_tasks.front());
            m_tasks.pop_front();
        }
        Answer answer;
        try {
            answer = task(reader);
        } catch (...) { // no memory for it: nothing is marked
            continue;
        }
        const std::lock_guard lock(m_mutex);
        m_answers.push_back(std::move(answer));
        if (m_answers.size() == 1) { // one queued event drains all of them
            QMetaObject::invokeMethod(this, &LocalVerseSource::drain, Qt::QueuedConnection);
        }
    }
}

void LocalVerseSource::drain() {
    std::deque<Answer> answers;
    {
        const std::lock_guard lock(m_mutex);
        answers.swap(m_answers);
    }
    for (const Answer& answer : answers) {
        if (answer.report) {
            Q_EMIT analysed(answer.id, *answer.report);
        } else if (answer.rhymes) {
            Q_EMIT rhymesFound(answer.id, *answer.rhymes);
        } else if (answer.lines) {
            Q_EMIT converted(answer.id, *answer.lines);
        }
    }
}

} // namespace linnet::services
