#pragma once

#include <filesystem>
#include <optional>

#include <QMetaType>
#include <QString>
#include <QStringList>
#include <QVector>

#include "services/app_paths.h"

namespace linnet::services {

// Where a model was found; the first wins when two have the same name.
enum class ModelOrigin { Environment, User, Bundled };

// A model folder, from its config.json and card.json. Nothing of the network is read.
struct ModelEntry {
    QString name;         // the folder's name
    QString title;        // from the card; else the name
    QString description;  // from the card
    QString licence;      // from the card; empty: not stated
    QString language;     // "en", "zh"; empty: not stated
    QString use;          // "verse", "captions": not for prose; empty: prose
    QString architecture; // "llama", ...
    QString folder;       // absolute
    qint64 sizeBytes = 0; // of all its files
    ModelOrigin origin = ModelOrigin::Bundled;
    QString problem; // not empty: why it cannot be used

    bool usable() const { return problem.isEmpty(); }
    std::filesystem::path path() const;
};

// The models on this machine. Plain values, so that a view model is a thin wrapper.
class ModelLibrary {
public:
    // Looks in LINNET_MODELS (folders separated as in PATH), then in `paths.data`/models and
    // `more` (of the settings), then among the bundled. Each may be a model folder or hold some.
    explicit ModelLibrary(const AppPaths& paths, const QStringList& more = {});

    // The folders of the settings, in place of those before; looks at them at once.
    void setFolders(const QStringList& more);

    // Looks at the folders again; reads small JSON files only.
    void scan();

    const QVector<ModelEntry>& models() const { return m_models; }

    // By name or by the path of a folder anywhere.
    std::optional<ModelEntry> find(const QString& nameOrFolder) const;

    // The model for prose in `language` ("en"): a usable one with that language, an earlier origin
    // first; without any, the first usable.
    std::optional<ModelEntry> bestFor(const QString& language) const;

    // The model that writes captions: the first usable one, so that one which the writer installed
    // goes before the bundled.
    std::optional<ModelEntry> bestForCaptions() const;

    // Where models that the user adds belong.
    QString userFolder() const { return m_userFolder; }

private:
    struct Place {
        QString folder;
        ModelOrigin origin;
    };
    AppPaths m_paths;
    QVector<Place> m_places;
    QString m_userFolder;
    QVector<ModelEntry> m_models;
};

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::ModelEntry)
