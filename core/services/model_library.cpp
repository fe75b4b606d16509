#include "services/model_library.h"

#include <algorithm>

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "engine/api/model_kind.h"

namespace linnet::services {

namespace {

constexpr qint64 maxJsonBytes = 4LL * 1024 * 1024;

QJsonObject readObject(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly) || file.size() > maxJsonBytes) {
        return {};
    }
    return QJsonDocument::fromJson(file.readAll()).object();
}

// The first of `keys` that holds text; a list of texts is joined.
QString textOf(const QJsonObject& object, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
        const QJsonValue value = object[QLatin1String(key)];
        if (value.isString()) {
            return value.toString();
        }
        if (value.isArray()) {
            return value.toVariant().toStringList().join(QStringLiteral(", "));
        }
    }
    return {};
}

qint64 sizeOf(const QString& folder) {
    qint64 bytes = 0;
    QDirIterator files(folder, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        files.next();
        bytes += files.fileInfo().size();
    }
    return bytes;
}

QString problemOf(const QDir& folder, const QJsonObject& config) {
    if (config.isEmpty()) {
        return QCoreApplication::translate("ModelLibrary", "config.json cannot be read");
    }
    const bool weights = folder.exists(QStringLiteral("model.safetensors")) ||
                         folder.exists(QStringLiteral("model.safetensors.index.json"));
    if (!weights) {
        const bool pickle =
            !folder.entryList({QStringLiteral("*.bin"), QStringLiteral("*.pt")}, QDir::Files)
                 .isEmpty();
        return pickle ? QCoreApplication::translate(
                            "ModelLibrary",
                            "only pickle weights (.bin, .pt), which can run code; get the model as "
                            "safetensors")
                      : QCoreApplication::translate("ModelLibrary", "model.safetensors is missing");
    }
    const bool tokenizer = folder.exists(QStringLiteral("tokenizer.json")) ||
                           (folder.exists(QStringLiteral("vocab.json")) &&
                            folder.exists(QStringLiteral("merges.txt"))) ||
                           folder.exists(QStringLiteral("vocab.txt"));
    return tokenizer ? QString()
                     : QCoreApplication::translate("ModelLibrary", "tokenizer.json is missing");
}

bool isModelFolder(const QString& folder) {
    return QFileInfo::exists(folder + QStringLiteral("/config.json"));
}

ModelEntry readEntry(const QString& path, ModelOrigin origin) {
    const QDir folder(path);
    const QJsonObject config = readObject(folder.filePath(QStringLiteral("config.json")));
    const QJsonObject card = readObject(folder.filePath(QStringLiteral("card.json")));
    ModelEntry entry;
    entry.name = folder.dirName();
    entry.title = textOf(card, {"title", "name"});
    if (entry.title.isEmpty()) {
        entry.title = entry.name;
    }
    entry.description = textOf(card, {"description", "summary", "what"});
    entry.licence = textOf(card, {"licence", "license"});
    entry.language = textOf(card, {"language", "languages"});
    entry.use = textOf(card, {"use"});
    entry.architecture = textOf(config, {"model_type", "architectures"});
    // Caption models of others have no card.
    if (engine::modelKindOf(entry.architecture.toStdString()) == engine::ModelKind::Caption) {
        entry.use = QStringLiteral("captions");
    }
    entry.folder = folder.absolutePath();
    entry.sizeBytes = sizeOf(path);
    entry.origin = origin;
    entry.problem = problemOf(folder, config);
    return entry;
}

QStringList modelFoldersIn(const QString& place) {
    if (isModelFolder(place)) {
        return {place};
    }
    QStringList folders;
    const QDir dir(place);
    for (const QString& name : dir.entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name)) {
        if (isModelFolder(dir.filePath(name))) {
            folders << dir.filePath(name);
        }
    }
    return folders;
}

} // namespace

std::filesystem::path ModelEntry::path() const {
#if defined(Q_OS_WIN)
    return folder.toStdWString();
#else
    return QFile::encodeName(folder).toStdString();
#endif
}

ModelLibrary::ModelLibrary(const AppPaths& paths, const QStringList& more)
    : m_paths(paths)
    , m_userFolder(paths.data + QStringLiteral("/models")) {
    setFolders(more);
}

void ModelLibrary::setFolders(const QStringList& more) {
    m_places.clear();
    const QStringList environment =
        qEnvironmentVariable("LINNET_MODELS").split(QDir::listSeparator(), Qt::SkipEmptyParts);
    for (const QString& folder : environment) {
        m_places.push_back({folder, ModelOrigin::Environment});
    }
    m_places.push_back({m_userFolder, ModelOrigin::User});
    for (const QString& folder : more) {
        m_places.push_back({folder, ModelOrigin::User});
    }
    for (const QString& folder : m_paths.bundledModels) {
        m_places.push_back({folder, ModelOrigin::Bundled});
    }
    scan();
}

void ModelLibrary::scan() {
    m_models.clear();
    for (const Place& place : m_places) {
        for (const QString& folder : modelFoldersIn(place.folder)) {
            ModelEntry entry = readEntry(folder, place.origin);
            const bool hidden =
                std::any_of(m_models.begin(), m_models.end(),
                            [&](const ModelEntry& earlier) { return earlier.name == entry.name; });
            if (!hidden) {
                m_models.push_back(std::move(entry));
            }
        }
    }
}

std::optional<ModelEntry> ModelLibrary::find(const QString& nameOrFolder) const {
    for (const ModelEntry& entry : m_models) {
        if (entry.name == nameOrFolder) {
            return entry;
        }
    }
    if (!nameOrFolder.isEmpty() && isModelFolder(nameOrFolder)) {
        return readEntry(nameOrFolder, ModelOrigin::User);
    }
    return std::nullopt;
}

std::optional<ModelEntry> ModelLibrary::bestForCaptions() const {
    const auto found = std::find_if(m_models.begin(), m_models.end(), [](const ModelEntry& entry) {
        return entry.usable() && entry.use == QLatin1String("captions");
    });
    return found == m_models.end() ? std::nullopt : std::optional(*found);
}

std::optional<ModelEntry> ModelLibrary::bestFor(const QString& language) const {
    std::optional<ModelEntry> any;
    for (const ModelEntry& entry : m_models) {
        if (!entry.usable() || !entry.use.isEmpty()) {
            continue;
        }
        if (entry.language.split(QStringLiteral(", ")).contains(language)) {
            return entry;
        }
        if (!any) {
            any = entry;
        }
    }
    return any;
}

} // namespace linnet::services
