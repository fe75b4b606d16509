#include "ui/recovery_notice.h"

#include <QCoreApplication>
#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QUrl>

#include "services/recovery.h"
#include "ui/diagnostics.h"
#include "ui/main_window.h"

namespace linnet::ui {

void tellUnreadable(MainWindow& window, services::RecoveryStore& store) {
    const std::vector<services::UnreadableJournal> unreadable = store.unreadable();
    if (unreadable.empty()) {
        return;
    }
    const services::UnreadableJournal& first = unreadable.front();
    QString message =
        QCoreApplication::translate("RecoveryNotice",
                                    "A recovery file could not be read, so text that was not saved "
                                    "may be missing. It was kept: %1.")
            .arg(QDir::toNativeSeparators(first.path));
    message = withDetails(message, first.message);
    if (unreadable.size() > 1) {
        message += u' ' + QCoreApplication::translate(
                              "RecoveryNotice", "%n other file(s) could not be read either.",
                              nullptr, static_cast<int>(unreadable.size()) - 1);
    }
    window.showNotice(
        QStringLiteral("recovery"), message,
        {{QCoreApplication::translate("RecoveryNotice", "Show the Folder"),
          [folder = QFileInfo(first.path).absolutePath()] {
              QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
          }},
         {QCoreApplication::translate("RecoveryNotice", "Delete It"), [&window, &store, first] {
              if (store.removeUnreadable(first)) {
                  tellUnreadable(window, store); // of the next
              } else {
                  window.showNotice(
                      QStringLiteral("recovery"),
                      QCoreApplication::translate("RecoveryNotice", "%1 could not be deleted.")
                          .arg(QDir::toNativeSeparators(first.path)));
              }
          }}});
}

} // namespace linnet::ui
