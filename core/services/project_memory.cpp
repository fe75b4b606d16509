#include "services/project_memory.h"

#include <algorithm>
#include <optional>

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace linnet::services {

using engine::Error;
using engine::ErrorCode;
using engine::Result;
using suggest::PastCounts;

namespace {

// "linnet-words VERSION CHECKSUM", a line of JSON about the document, a line of JSON with counts;
// the checksum is that of the two.
constexpr int version = 1;
const QByteArray magic = "linnet-words";
constexpr qint64 maxBytes = 64LL * 1024 * 1024;

QByteArray checksum(const QByteArray& bytes) {
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

QString shortHash(const QString& text) {
    return QString::fromLatin1(checksum(text.toUtf8()).left(24));
}

// The same for every way to write the path.
QString projectOf(const QString& document) {
    const QString folder = QFileInfo(document).absolutePath();
    const QString canonical = QFileInfo(folder).canonicalFilePath();
    return canonical.isEmpty() ? QDir::cleanPath(folder) : canonical;
}

QString fileFor(const QString& document) {
    return shortHash(QFileInfo(document).fileName()) + QStringLiteral(".words");
}

template <typename Sequence>
QJsonArray toJson(const std::vector<Sequence>& sequences) {
    QJsonArray all;
    for (const Sequence& one : sequences) {
        QJsonArray entry;
        for (const std::uint32_t item : one.items) {
            entry.append(static_cast<qint64>(item));
        }
        entry.append(static_cast<qint64>(one.count));
        all.append(entry);
    }
    return all;
}

std::uint32_t number(const QJsonValue& value) {
    return static_cast<std::uint32_t>(std::max<qint64>(0, value.toInteger()));
}

template <typename Sequence>
std::vector<Sequence> sequencesFrom(const QJsonArray& all) {
    std::vector<Sequence> sequences;
    for (const QJsonValue& value : all) {
        const QJsonArray entry = value.toArray();
        Sequence one;
        for (std::size_t i = 0; i < one.items.size(); ++i) {
            one.items[i] = number(entry.at(static_cast<qsizetype>(i)));
        }
        one.count = number(entry.last());
        sequences.push_back(one);
    }
    return sequences;
}

QByteArray toBytes(const QString& folder, const QString& name, const PastCounts& counts) {
    QJsonArray words;
    for (const PastCounts::Word& word : counts.words) {
        words.append(
            QJsonArray{QString::fromStdString(word.text), static_cast<qint64>(word.count)});
    }
    const auto known = std::count_if(counts.words.begin(), counts.words.end(),
                                     [](const auto& word) { return word.count > 0; });
    const QJsonObject about{
        {"folder", folder}, {"document", name}, {"words", static_cast<qint64>(known)}};
    const QJsonObject body{
        {"words", words}, {"pairs", toJson(counts.pairs)}, {"triples", toJson(counts.triples)}};
    const QByteArray rest = QJsonDocument(about).toJson(QJsonDocument::Compact) + '\n' +
                            QJsonDocument(body).toJson(QJsonDocument::Compact) + '\n';
    return magic + ' ' + QByteArray::number(version) + ' ' + checksum(rest) + '\n' + rest;
}

// The line about the document; nothing for a file of another version.
std::optional<QJsonObject> readAbout(QFile& file, QByteArray& sum) {
    const QList<QByteArray> first = file.readLine(200).trimmed().split(' ');
    if (first.size() != 3 || first[0] != magic || first[1].toInt() != version) {
        return std::nullopt;
    }
    sum = first[2];
    return QJsonDocument::fromJson(file.readLine()).object();
}

std::optional<PastCounts> readCounts(const QString& path) {
    QFile file(path);
    QByteArray sum;
    if (!file.open(QIODevice::ReadOnly) || file.size() > maxBytes || !readAbout(file, sum)) {
        return std::nullopt;
    }
    file.seek(0);
    file.readLine();
    const QByteArray rest = file.readAll();
    if (checksum(rest) != sum) {
        return std::nullopt;
    }
    const QJsonObject body = QJsonDocument::fromJson(rest.mid(rest.indexOf('\n') + 1)).object();
    PastCounts counts;
    for (const QJsonValue& word : body[QLatin1String("words")].toArray()) {
        counts.words.push_back({word[0].toString().toStdString(), number(word[1])});
    }
    counts.pairs = sequencesFrom<PastCounts::Pair>(body[QLatin1String("pairs")].toArray());
    counts.triples = sequencesFrom<PastCounts::Triple>(body[QLatin1String("triples")].toArray());
    return counts.isSound() ? std::optional(counts) : std::nullopt;
}

PastCounts sumOf(const QDir& folder, const QString& except) {
    PastCounts all;
    for (const QString& name :
         folder.entryList({QStringLiteral("*.words")}, QDir::Files, QDir::Name)) {
        const auto counts = name == except ? std::nullopt : readCounts(folder.filePath(name));
        if (counts) {
            all.add(*counts);
        }
    }
    return all;
}

} // namespace

ProjectMemory::ProjectMemory(const AppPaths& paths)
    : m_folder(paths.data + QStringLiteral("/learned")) {
}

Result<void> ProjectMemory::remember(const QString& document, const PastCounts& counts) const {
    const QString project = projectOf(document);
    const QString folder = m_folder + u'/' + shortHash(project);
    const QString path = folder + u'/' + fileFor(document);
    const QByteArray bytes = toBytes(project, QFileInfo(document).fileName(), counts);
    QDir().mkpath(folder);
    QFile::setPermissions(m_folder,
                          QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
    QSaveFile file(path);
    file.setDirectWriteFallback(false);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        return Error{ErrorCode::Io, "cannot write what was learned to " + path.toStdString() +
                                        ": " + file.errorString().toStdString()};
    }
    return {};
}

PastCounts ProjectMemory::recall(const QString& document) const {
    return sumOf(QDir(m_folder + u'/' + shortHash(projectOf(document))), fileFor(document));
}

std::vector<LearnedProject> ProjectMemory::projects() const {
    std::vector<LearnedProject> found;
    const QDir all(m_folder);
    for (const QString& one : all.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QDir folder(all.filePath(one));
        LearnedProject project;
        for (const QString& name : folder.entryList({QStringLiteral("*.words")}, QDir::Files)) {
            QFile file(folder.filePath(name));
            QByteArray sum;
            if (!file.open(QIODevice::ReadOnly)) {
                continue;
            }
            if (const auto about = readAbout(file, sum)) {
                project.folder = (*about)[QLatin1String("folder")].toString();
                project.words += (*about)[QLatin1String("words")].toInt();
                ++project.documents;
            }
        }
        if (project.documents > 0 && shortHash(project.folder) == one) {
            found.push_back(project);
        }
    }
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return a.folder < b.folder; });
    return found;
}

PastCounts ProjectMemory::everything(const LearnedProject& project) const {
    return sumOf(QDir(m_folder + u'/' + shortHash(project.folder)), QString());
}

bool ProjectMemory::forget(const LearnedProject& project) const {
    return QDir(m_folder + u'/' + shortHash(project.folder)).removeRecursively();
}

} // namespace linnet::services
