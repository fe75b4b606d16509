// Types into a document until it is killed:
//   journal_typist FOLDER DOCUMENT SEED KEY-INTERVAL-MS BATCH-MS
// Prints a line for each edit: its number and the steady clock's milliseconds after it was made.

#include <chrono>
#include <cstdio>

#include <QCoreApplication>
#include <QTimer>

#include "services/edit_script.h"
#include "services/journal.h"

using namespace linnet::services;
using linnet::test::EditScript;

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 6) {
        return 2;
    }
    const auto document = loadDocument(arguments[2]);
    if (!document) {
        return 1;
    }
    JournalOptions options;
    options.batchInterval = std::chrono::milliseconds(arguments[5].toInt());
    RecoveryJournal journal(AppPaths::under(arguments[1]), options);
    journal.begin(JournalDocument::of(*document), document->text);

    QString text = document->text;
    EditScript script(arguments[3].toUInt());
    int count = 0;
    QTimer key;
    QObject::connect(&key, &QTimer::timeout, [&] {
        const JournalEdit edit = script.next(text);
        EditScript::apply(text, edit);
        journal.documentChanged(edit.position, edit.removed, edit.added);
        const auto now = std::chrono::steady_clock::now().time_since_epoch();
        std::printf("%d %lld\n", ++count,
                    static_cast<long long>(
                        std::chrono::duration_cast<std::chrono::milliseconds>(now).count()));
        std::fflush(stdout);
    });
    key.start(arguments[4].toInt());
    return QCoreApplication::exec();
}
