#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>
#include <QXmlStreamReader>

#include "ui/commands.h"
#include "ui/diagnostics.h"
#include "ui/document_session.h"
#include "ui/picture_words.h"
#include "ui/remote_words.h"
#include "ui/verse_words.h"

using namespace linnet;
using namespace linnet::ui;
using linnet::engine::ErrorCode;

namespace {

const QString tsFile = QStringLiteral(LINNET_SOURCE_DIR "/resources/translations/linnet_zh_CN.ts");

struct Message {
    QString context;
    QString source;
    QString translation;
    bool finished = true;
};

QList<Message> read(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QList<Message> messages;
    QString context;
    QXmlStreamReader xml(&file);
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement) {
            continue;
        }
        if (xml.name() == QLatin1String("name")) {
            context = xml.readElementText();
        } else if (xml.name() == QLatin1String("source")) {
            messages.append({context, xml.readElementText(), {}, true});
        } else if (xml.name() == QLatin1String("translation")) {
            messages.last().finished = !xml.attributes().hasAttribute(QStringLiteral("type"));
            messages.last().translation =
                xml.readElementText(QXmlStreamReader::IncludeChildElements).trimmed();
        }
    }
    return messages;
}

// "%1", "%n", "%L1": what a translation must keep.
QSet<QString> placeholders(const QString& text) {
    static const QRegularExpression pattern(QStringLiteral("%L?(\\d|n)"));
    QSet<QString> found;
    for (auto match = pattern.globalMatch(text); match.hasNext();) {
        found.insert(match.next().captured());
    }
    return found;
}

} // namespace

class TestTranslation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everythingIsTranslated();
    void nothingIsLeftOut();
    void interfaceSpeaksChinese();
    void reasonsAreChinese();
};

void TestTranslation::everythingIsTranslated() {
    const QList<Message> messages = read(tsFile);
    QVERIFY(messages.size() > 300);
    for (const Message& message : messages) {
        const QByteArray what = (message.context + QStringLiteral(": ") + message.source).toUtf8();
        QVERIFY2(message.finished, what.constData());
        QVERIFY2(!message.translation.isEmpty() || message.source.trimmed().isEmpty(),
                 what.constData());
        QVERIFY2(placeholders(message.source) == placeholders(message.translation),
                 what.constData());
        // A menu's mnemonic stands in brackets behind the text.
        static const QRegularExpression mnemonic(QStringLiteral("(^|[^&])&[A-Za-z]"));
        static const QRegularExpression bracketed(QStringLiteral("\\(&[A-Z]\\)"));
        if (message.source.contains(mnemonic) && !message.source.contains(u'<')) {
            QVERIFY2(message.translation.contains(bracketed), what.constData());
        }
        // Between Chinese characters punctuation is as wide as they are.
        static const QRegularExpression narrow(
            QStringLiteral("[\\x{4E00}-\\x{9FFF}][,;!?:()][\\x{4E00}-\\x{9FFF}]"));
        QVERIFY2(!message.translation.contains(narrow), what.constData());
    }
}

// What lupdate finds in the sources is in the file, and nothing else.
void TestTranslation::nothingIsLeftOut() {
#ifdef LINNET_LUPDATE
    QTemporaryDir folder;
    const QString fresh = folder.filePath(QStringLiteral("fresh.ts"));
    QProcess lupdate;
    lupdate.setWorkingDirectory(QStringLiteral(LINNET_SOURCE_DIR));
    lupdate.start(QStringLiteral(LINNET_LUPDATE),
                  {QStringLiteral("-silent"), QStringLiteral("-I"), QStringLiteral("."),
                   QStringLiteral("-I"), QStringLiteral("core"), QStringLiteral("-I"),
                   QStringLiteral("app"), QStringLiteral("-locations"), QStringLiteral("none"),
                   QStringLiteral("app/desktop"), QStringLiteral("core/services"),
                   QStringLiteral("ui"), QStringLiteral("-ts"), fresh});
    if (!lupdate.waitForStarted()) {
        QSKIP("lupdate does not start here");
    }
    QVERIFY(lupdate.waitForFinished(120'000));
    const auto keys = [](const QList<Message>& messages) {
        QStringList all;
        for (const Message& message : messages) {
            all.append(message.context + QStringLiteral(": ") + message.source);
        }
        all.sort();
        return all;
    };
    QCOMPARE(keys(read(tsFile)), keys(read(fresh)));
#else
    QSKIP("lupdate was not there when this was built");
#endif
}

void TestTranslation::interfaceSpeaksChinese() {
    QVERIFY(!interfaceIsChinese());
    const QString compiled = QStringLiteral(":/linnet/translations/linnet_zh_CN.qm");
    if (!QFile::exists(compiled)) {
        QSKIP("built without Qt's Linguist tools");
    }
    QTranslator chinese;
    QVERIFY(chinese.load(compiled));
    QCoreApplication::installTranslator(&chinese);
    QVERIFY(interfaceIsChinese());
    QCOMPARE(commandTitle(*findCommand(QStringLiteral("file.save"))), QStringLiteral("保存(&S)"));
    QCOMPARE(commandPlainTitle(*findCommand(QStringLiteral("file.saveAs"))),
             QStringLiteral("另存为"));
    linnet::services::VerseLine line;
    line.count = 7;
    QCOMPARE(explainLine(line, linnet::services::VerseLanguage::Chinese), QStringLiteral("7 字"));
}

// What the parts below the interface say in English does not come through to a Chinese reader.
void TestTranslation::reasonsAreChinese() {
    const QString compiled = QStringLiteral(":/linnet/translations/linnet_zh_CN.qm");
    if (!QFile::exists(compiled)) {
        QSKIP("built without Qt's Linguist tools");
    }
    const QString english = QStringLiteral("some diagnostic");
    const auto inEnglish = [&](const QString& text) { return text.contains(english); };
    services::PoemFailure failure{std::nullopt, -1, QString(), english, ErrorCode::CorruptFile};
    QVERIFY(inEnglish(explainFailure(failure)));
    QVERIFY(inEnglish(explain({ErrorCode::Io, english.toStdString()})));

    QTranslator chinese;
    QVERIFY(chinese.load(compiled));
    QCoreApplication::installTranslator(&chinese);
    QStringList texts;
    for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code) {
        const auto one = static_cast<ErrorCode>(code);
        failure.code = one;
        texts << explainFailure(failure) << explain({one, english.toStdString()})
              << explainPictureFailure({one, false, english})
              << explainPictureFailure({one, true, english}) << withReason(QString(), one, english);
        services::ModelStatus status;
        status.notice = english;
        status.error = one;
        for (const auto state : {services::ModelState::Ready, services::ModelState::Failed}) {
            status.state = state;
            texts << noticeOf(status);
        }
    }
    failure.code.reset();
    texts << explainFailure(failure);
    for (int kind = 0; kind <= static_cast<int>(verse::RefusalKind::NoSolution); ++kind) {
        for (const char* subject : {"", "count", "temperature", "lines", "traditional"}) {
            texts << explainFailure(
                {static_cast<verse::RefusalKind>(kind), 1, QString::fromLatin1(subject), english});
        }
    }
    for (int kind = 0; kind <= static_cast<int>(verse::FaultKind::Stanza); ++kind) {
        services::VerseFault fault;
        fault.kind = static_cast<verse::FaultKind>(kind);
        fault.subject = QStringLiteral("月");
        fault.message = english;
        texts << explainFault(fault);
    }
    for (int kind = 0; kind <= static_cast<int>(services::RemoteErrorKind::BadAnswer); ++kind) {
        texts << explainRemoteError({static_cast<services::RemoteErrorKind>(kind), 400, -1, {}},
                                    QStringLiteral("书房"));
    }
    // Names may stay as they are; words may not.
    static const QRegularExpression names(
        QStringLiteral("Linnet|OpenAI|PEM|JPEG|PNG|WebP|TIFF|BMP|GIF|/"
                       "openai|count|temperature|lines|traditional"));
    static const QRegularExpression letters(QStringLiteral("[A-Za-z]+"));
    for (QString text : std::as_const(texts)) {
        const QByteArray whole = text.toUtf8();
        QVERIFY2(!inEnglish(text), whole.constData());
        const bool ofNumber = text.contains(QStringLiteral("数值"));
        text.remove(names);
        QVERIFY2(!text.contains(letters), whole.constData());
        QVERIFY2(!ofNumber || !whole.contains("count"), whole.constData());
        QVERIFY(!whole.isEmpty());
    }
}

QTEST_MAIN(TestTranslation)
#include "test_translation.moc"
