#include "ui/dialogs/dialogs.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>
#include <QStandardPaths>

namespace linnet::ui {

namespace {

QString filters() {
    return QStringList{
        QCoreApplication::translate("Dialogs", "Text and Markdown (*.md *.markdown *.txt *.text)"),
        QCoreApplication::translate("Dialogs", "All files (*)")}
        .join(QStringLiteral(";;"));
}

QString orDocuments(const QString& folder) {
    return folder.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)
                            : folder;
}

} // namespace

QStringList SystemDialogs::filesToOpen(QWidget* parent, const QString& folder) {
    return QFileDialog::getOpenFileNames(parent, QCoreApplication::translate("Dialogs", "Open"),
                                         orDocuments(folder), filters());
}

QString SystemDialogs::folderToUse(QWidget* parent, const QString& title) {
    return QFileDialog::getExistingDirectory(parent, title, QDir::homePath());
}

QString SystemDialogs::certificateToTrust(QWidget* parent) {
    return QFileDialog::getOpenFileName(
        parent, QCoreApplication::translate("Dialogs", "Certificate to trust"), QDir::homePath(),
        QCoreApplication::translate("Dialogs", "Certificates (*.pem *.crt *.cer);;All files (*)"));
}

QStringList SystemDialogs::picturesToOpen(QWidget* parent) {
    return QFileDialog::getOpenFileNames(
        parent, QCoreApplication::translate("Dialogs", "Choose Pictures"),
        QStandardPaths::writableLocation(QStandardPaths::PicturesLocation),
        QStringList{QCoreApplication::translate(
                        "Dialogs", "Pictures (*.jpg *.jpeg *.png *.webp *.tif *.tiff *.bmp *.gif)"),
                    QCoreApplication::translate("Dialogs", "All files (*)")}
            .join(QStringLiteral(";;")));
}

QString SystemDialogs::fileToSave(QWidget* parent, const QString& suggestion) {
    QFileDialog dialog(parent, QCoreApplication::translate("Dialogs", "Save As"));
    dialog.setAcceptMode(QFileDialog::AcceptSave);
    dialog.setFileMode(QFileDialog::AnyFile);
    dialog.setNameFilters(filters().split(QStringLiteral(";;")));
    dialog.setDefaultSuffix(QStringLiteral("md"));
    const QFileInfo info(suggestion);
    dialog.setDirectory(info.isAbsolute() ? info.absolutePath() : orDocuments({}));
    dialog.selectFile(info.fileName());
    if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty()) {
        return {};
    }
    return dialog.selectedFiles().constFirst();
}

Dialogs::SaveChoice SystemDialogs::askToSave(QWidget* parent, const QString& documentName) {
    QMessageBox box(QMessageBox::NoIcon, QCoreApplication::translate("Dialogs", "Unsaved changes"),
                    QCoreApplication::translate("Dialogs", "“%1” has changes that are not saved.")
                        .arg(documentName),
                    QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, parent);
    box.setInformativeText(
        QCoreApplication::translate("Dialogs", "If you discard them, they are gone for good."));
    box.setDefaultButton(QMessageBox::Save);
    switch (box.exec()) {
    case QMessageBox::Save:
        return SaveChoice::Save;
    case QMessageBox::Discard:
        return SaveChoice::Discard;
    default:
        return SaveChoice::Cancel;
    }
}

bool SystemDialogs::confirm(QWidget* parent, const QString& question, const QString& details,
                            const QString& action) {
    QMessageBox box(QMessageBox::NoIcon, QStringLiteral("Linnet"), question, QMessageBox::Cancel,
                    parent);
    box.setInformativeText(details);
    QPushButton* go = box.addButton(action, QMessageBox::AcceptRole);
    box.setDefaultButton(QMessageBox::Cancel);
    box.exec();
    return box.clickedButton() == go;
}

void SystemDialogs::tell(QWidget* parent, const QString& message, const QString& details) {
    QMessageBox box(QMessageBox::NoIcon, QStringLiteral("Linnet"), message, QMessageBox::Ok,
                    parent);
    box.setInformativeText(details);
    box.exec();
}

int SystemDialogs::lineNumber(QWidget* parent, int current, int lines) {
    bool ok = false;
    const int line =
        QInputDialog::getInt(parent, QCoreApplication::translate("Dialogs", "Go to Line"),
                             QCoreApplication::translate("Dialogs", "Line, 1 to %L1:").arg(lines),
                             current, 1, lines, 1, &ok);
    return ok ? line : 0;
}

} // namespace linnet::ui
