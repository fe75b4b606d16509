#pragma once

// Runs the real linnet-cli.

#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

struct Run {
    int code = -1;
    QByteArray out;
    QByteArray err;
    qint64 milliseconds = 0;

    // The lines of stdout, each an object; an empty list if one is not.
    QList<QJsonObject> objects() const {
        QList<QJsonObject> objects;
        for (const QByteArray& line : out.split('\n')) {
            if (line.isEmpty()) {
                continue;
            }
            const QJsonDocument document = QJsonDocument::fromJson(line);
            if (!document.isObject()) {
                return {};
            }
            objects << document.object();
        }
        return objects;
    }
    QJsonObject object() const {
        const auto all = objects();
        return all.size() == 1 ? all.first() : QJsonObject();
    }
};

inline Run run(const QStringList& arguments, const QByteArray& input = {},
               const QStringList& environment = {}) {
    QProcess process;
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    variables.insert(QStringLiteral("LINNET_MODELS"), QStringLiteral(LINNET_TEST_DATA "/models"));
    for (const QString& entry : environment) {
        variables.insert(entry.section(QLatin1Char('='), 0, 0), entry.section(QLatin1Char('='), 1));
    }
    process.setProcessEnvironment(variables);
    QElapsedTimer timer;
    timer.start();
    process.start(QStringLiteral(LINNET_CLI), arguments);
    process.write(input);
    process.closeWriteChannel();
    Run result;
    if (process.waitForFinished(120000) && process.exitStatus() == QProcess::NormalExit) {
        result.code = process.exitCode();
    }
    result.milliseconds = timer.elapsed();
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

inline QString writeFile(const QTemporaryDir& folder, const char* name, const QByteArray& bytes) {
    const QString path = folder.filePath(QString::fromLatin1(name));
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() ? path : QString();
}

inline QStringList words(const char* text) {
    return QString::fromUtf8(text).split(QLatin1Char(' '));
}
