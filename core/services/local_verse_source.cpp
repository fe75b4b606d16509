#include "services/local_verse_source.h"

#include <filesystem>
#include <utility>

#include "services/verse_report.h"
#include "suggest/ngram_model.h"
#include "verse/analyzer.h"
#include "verse/rhyme_finder.h"
#include "verse/script/opencc_converter.h"
#include "verse/utf8.h"

namespace linnet::services {

namespace {
// Enough that the words which fit a place best are among them.
constexpr std::size_t mostRhymes = 2000;
constexpr std::size_t mostOfTone = 3000;
} // namespace

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

    // `proseModel`: a folder that may have counted words.
    RhymeReport rhymes(const QString& word, const std::filesystem::path& proseModel) {
        const QString wanted = word.trimmed();
        const std::u32string characters = verse::toCodePoints(wanted.toStdString());
        if (!characters.empty() && verse::isIdeograph(characters.back())) {
            return chineseRhymes(characters.back());
        }
        if (!m_rhymes) {
            m_rhymes.emplace(m_pronouncer); // takes its time, so not before it is needed
        }
        RhymeReport report;
        for (const auto kind :
             {RhymeKind::Perfect, RhymeKind::Mosaic, RhymeKind::Family, RhymeKind::Slant}) {
            report.sets.append({kind, QString(), {}});
        }
        const auto setOf = [&](verse::RhymeKind kind) -> RhymeSet& {
            switch (kind) {
            case verse::RhymeKind::Mosaic:
                return report.sets[1];
            case verse::RhymeKind::Family:
                return report.sets[2];
            case verse::RhymeKind::Slant:
                return report.sets[3];
            case verse::RhymeKind::Perfect:
                break;
            }
            return report.sets[0];
        };
        verse::RhymeQuery query;
        query.limit = mostRhymes;
        query.score = commonness(proseModel);
        for (const verse::RhymingWord& found : m_rhymes->find(wanted.toStdString(), query)) {
            setOf(found.kind).words.append(QString::fromStdString(found.word));
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
    // Null where there are no counted words.
    verse::WordScore commonness(const std::filesystem::path& folder) {
        if (folder != m_countsFolder) {
            m_countsFolder = folder;
            const auto counts = suggest::NgramModel::load(folder / "ngram.bin");
            m_counts = counts ? *counts : nullptr;
        }
        if (m_counts == nullptr) {
            return {};
        }
        return [counts = m_counts](std::string_view word) {
            const auto id = counts->lexicon().find(word);
            return id && *id < counts->lexicon().vocabulary()
                       ? static_cast<double>(counts->unigrams()[*id])
                       : 0.0;
        };
    }

    RhymeReport chineseRhymes(char32_t character) const {
        RhymeReport report;
        report.language = VerseLanguage::Chinese;
        const verse::ZhLexicon& lexicon = m_data.chinese;
        const auto script =
            lexicon.scriptOf(std::u32string(1, character)).value_or(verse::Script::Simplified);
        const auto add = [&](RhymeKind kind, const QString& name,
                             const std::vector<char32_t>& characters) {
            if (characters.empty()) {
                return;
            }
            RhymeSet set{kind, name, {}};
            for (const char32_t one : characters) {
                set.words.append(QString::fromUcs4(&one, 1));
            }
            report.sets.append(set);
        };
        const auto nameOf = [&](verse::RhymeGroupId group) {
            return QString::fromStdString(lexicon.groups()[group].name);
        };
        const auto readings = verse::rhymesOf(lexicon, character, script, mostRhymes);
        for (const verse::RhymingCharacters& reading : readings) {
            add(RhymeKind::Perfect, nameOf(reading.reading.group), reading.characters);
        }
        for (const verse::RhymingCharacters& reading : readings) {
            for (const auto& [group, characters] : reading.neighbours) {
                add(RhymeKind::Family, nameOf(group), characters);
            }
        }
        const auto addTone = [&](bool oblique, const QString& name) {
            add(RhymeKind::Tone, name,
                verse::charactersOfTone(lexicon, oblique, script, mostOfTone));
        };
        if (lexicon.canBeLevel(character, script)) {
            addTone(false, QStringLiteral("平"));
        }
        if (lexicon.canBeOblique(character, script)) {
            addTone(true, QStringLiteral("仄"));
        }
        return report;
    }

    const verse::VerseData& m_data;
    verse::Analyzer m_analyzer;
    verse::EnPronouncer m_pronouncer;
    std::optional<verse::RhymeFinder> m_rhymes;
    std::filesystem::path m_countsFolder;
    std::shared_ptr<const suggest::NgramModel> m_counts;
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

void LocalVerseSource::orderRhymesBy(RhymeOrderOptions options) {
    m_proseModel = options.proseModel;
    if (m_order == nullptr) {
        m_order = std::make_unique<LocalRhymeOrder>();
        connect(m_order.get(), &LocalRhymeOrder::ordered, this, &VerseSource::rhymesFound);
    }
    m_order->setOptions(std::move(options));
}

quint64 LocalVerseSource::findRhymes(const RhymeQuery& query) {
    const quint64 id = m_lastId + 1;
    m_lastRhymes = id;
    m_rhymeQuery = query;
    if (m_order != nullptr) {
        m_order->cancel();
    }
    return post([id, word = query.word, prose = m_proseModel](Reader& reader) {
        Answer answer;
        answer.id = id;
        answer.rhymes = reader.rhymes(word, prose);
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
            if (m_order != nullptr && answer.id == m_lastRhymes) {
                m_order->order(answer.id, m_rhymeQuery, *answer.rhymes, m_data);
            }
        } else if (answer.lines) {
            Q_EMIT converted(answer.id, *answer.lines);
        }
    }
}

} // namespace linnet::services
