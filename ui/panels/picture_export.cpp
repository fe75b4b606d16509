#include "ui/panels/picture_export.h"

#include <algorithm>
#include <utility>

#include <QFileInfo>
#include <QMenu>

#include "ui/diagnostics.h"
#include "ui/dialogs/dialogs.h"
#include "ui/panels/picture_cards.h"

namespace linnet::ui {

namespace {

bool isAnswered(const PictureEntry& entry) {
    return entry.state == PictureEntry::State::Done || entry.state == PictureEntry::State::Failed;
}

// The captions with the chosen one first. The model's probability is not that of words which the
// writer has changed.
services::CaptionRecord recordOf(const PictureEntry& entry) {
    services::CaptionRecord record{
        entry.file.isEmpty() ? entry.name : entry.file, {}, {}, entry.problem};
    QVector<int> order;
    for (int i = 0; i < entry.captions.size(); ++i) {
        order.append(i);
    }
    if (order.contains(entry.chosen)) {
        order.move(entry.chosen, 0);
    }
    for (const int i : std::as_const(order)) {
        record.captions.append(entry.captions.at(i));
        record.probabilities.append(
            entry.captions.at(i) == entry.said.value(i) ? entry.probabilities.value(i, -1) : -1);
    }
    return record;
}

} // namespace

PictureExport::PictureExport(const PictureCards& cards, Dialogs& dialogs, QWidget* parent)
    : QToolButton(parent)
    , m_cards(cards)
    , m_dialogs(dialogs) {
    setObjectName(QStringLiteral("pictureExport"));
    setText(tr("Export"));
    setToolTip(tr("Write the captions into files."));
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::StrongFocus);
    setToolButtonStyle(Qt::ToolButtonTextOnly);
    auto* menu = new QMenu(this);
    menu->addAction(tr("As a Table (TSV)…"), this, [this] { exportAs(false); });
    menu->addAction(tr("As JSON…"), this, [this] { exportAs(true); });
    menu->addAction(tr("As a Text File Beside Each Picture"), this, [this] { exportBeside(); });
    setMenu(menu);
}

void PictureExport::refresh() {
    const QVector<PictureEntry>& entries = m_cards.entries();
    setEnabled(std::any_of(entries.begin(), entries.end(), isAnswered));
}

QVector<services::CaptionRecord> PictureExport::records() const {
    QVector<services::CaptionRecord> records;
    for (const PictureEntry& entry : m_cards.entries()) {
        if (isAnswered(entry)) {
            records.append(recordOf(entry));
        }
    }
    return records;
}

void PictureExport::sayFailed(const engine::Error& error) {
    Q_EMIT said(withReason(tr("The captions could not be written."), error), true);
}

void PictureExport::exportAs(bool json) {
    const QFileInfo first(m_cards.entries().constFirst().file);
    const QString name = json ? QStringLiteral("captions.json") : QStringLiteral("captions.tsv");
    const QString suggestion =
        first.isAbsolute() ? first.absolutePath() + u'/' + name : name; // beside the pictures
    const QString path = m_dialogs.fileToSave(this, suggestion);
    if (path.isEmpty()) {
        return;
    }
    const auto written = services::writeWhole(path, json ? services::captionsAsJson(records())
                                                         : services::captionsAsTsv(records()));
    if (written) {
        Q_EMIT said(tr("The captions are in %1.").arg(QFileInfo(path).fileName()), false);
    } else {
        sayFailed(written.error());
    }
}

void PictureExport::exportBeside() {
    QVector<services::CaptionRecord> files = records();
    int existing = 0;
    for (auto& record : files) {
        if (!QFileInfo(record.file).isAbsolute()) {
            record.file.clear(); // pasted
        }
        existing += !record.file.isEmpty() && !record.captions.isEmpty() &&
                            QFileInfo::exists(services::captionFileOf(record.file))
                        ? 1
                        : 0;
    }
    if (existing > 0 &&
        !m_dialogs.confirm(this, tr("Replace %n text file(s)?", nullptr, existing),
                           tr("Pictures on the list have text files of their names already."),
                           tr("Replace"))) {
        return;
    }
    const auto written = services::writeCaptionFiles(files);
    if (written) {
        Q_EMIT said(tr("%n text file(s) written.", nullptr, *written), false);
    } else {
        sayFailed(written.error());
    }
}

} // namespace linnet::ui
