#include "ui/dialogs/about_dialog.h"

#include <QCoreApplication>
#include <QDialogButtonBox>
#include <QDir>
#include <QFile>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLocale>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace linnet::ui {

namespace {

QString inWords(const QJsonValue& value) {
    if (value.isDouble()) {
        return QLocale().toString(value.toDouble(), 'g', 6);
    }
    if (value.isBool()) {
        return value.toBool() ? AboutDialog::tr("yes") : AboutDialog::tr("no");
    }
    if (value.isArray()) {
        QStringList parts;
        for (const QJsonValue& part : value.toArray()) {
            parts.append(inWords(part));
        }
        return parts.join(QStringLiteral(", "));
    }
    return value.toString();
}

// "nextWordTop5" and "next_word_top5" as words.
QString label(QString key) {
    QString words;
    for (const QChar c : std::as_const(key)) {
        if (c == u'_' || c == u'-') {
            words += u' ';
        } else if (c.isUpper() && !words.isEmpty() && !words.back().isSpace() &&
                   !words.back().isUpper()) {
            words += u' ';
            words += c.toLower();
        } else {
            words += c;
        }
    }
    return words;
}

// The values of `object` and of the objects right inside it; what lies deeper, and what is for
// machines, is left to the file.
void collect(const QString& prefix, const QJsonObject& object, QStringList& facts) {
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (it.key() == QLatin1String("recipe") || it.key().contains(QLatin1String("sha256"))) {
            continue;
        }
        const QString name = prefix.isEmpty()
                                 ? label(it.key())
                                 : AboutDialog::tr("%1, %2").arg(prefix, label(it.key()));
        if (it.value().isObject() && prefix.isEmpty()) {
            collect(name, it.value().toObject(), facts);
        } else if (const QString text = inWords(it.value()); !text.isEmpty()) {
            facts.append(AboutDialog::tr("%1: %2").arg(name, text));
        }
    }
}

} // namespace

QStringList modelCardFacts(const services::ModelEntry& model) {
    QFile file(QDir(model.folder).filePath(QStringLiteral("card.json")));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QJsonObject card = QJsonDocument::fromJson(file.readAll()).object();
    card.remove(QStringLiteral("title"));
    QStringList facts;
    // What a writer asks first comes first; the rest as it is.
    for (const char* first : {"description", "language", "licence", "date", "parameters", "weights",
                              "data", "measured"}) {
        const QString key = QString::fromLatin1(first);
        if (card.contains(key)) {
            collect({}, QJsonObject{{key, card.take(key)}}, facts);
        }
    }
    collect({}, card, facts);
    return facts;
}

AboutDialog::AboutDialog(const std::optional<services::ModelEntry>& model, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("About Linnet"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(28, 24, 28, 16);
    column->setSpacing(12);

    auto* top = new QHBoxLayout;
    top->setSpacing(18);
    auto* icon = new QLabel(this);
    icon->setPixmap(QIcon(QStringLiteral(":/linnet/icons/linnet.svg")).pixmap(64, 64));
    top->addWidget(icon, 0, Qt::AlignTop);
    auto* what = new QLabel(
        tr("<p style='font-size:large'><b>Linnet %1</b></p>"
           "<p>A writing desk for prose and verse that thinks on your own computer. What you write "
           "stays here.</p>")
            .arg(QCoreApplication::applicationVersion().toHtmlEscaped()),
        this);
    what->setWordWrap(true);
    top->addWidget(what, 1);
    column->addLayout(top);

    QString about = tr("There is no model on this computer yet.");
    if (model) {
        QStringList lines;
        for (const QString& fact : modelCardFacts(*model)) {
            lines.append(QStringLiteral("<li>%1</li>").arg(fact.toHtmlEscaped()));
        }
        about = tr("<p><b>%1</b></p>").arg(model->title.toHtmlEscaped());
        about += lines.isEmpty() ? tr("<p>It has no card that says where it comes from.</p>")
                                 : QStringLiteral("<ul style='margin-left:-20px'>%1</ul>")
                                       .arg(lines.join(QString()));
    }
    auto* card = new QTextBrowser(this);
    card->setObjectName(QStringLiteral("modelCard"));
    card->setAccessibleName(tr("About the model"));
    card->setFrameShape(QFrame::NoFrame);
    card->setHtml(about);
    column->addWidget(card, 1);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    resize(520, 460);
}

} // namespace linnet::ui
