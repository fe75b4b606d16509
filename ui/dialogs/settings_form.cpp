#include "ui/dialogs/settings_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QSpinBox>

#include "ui/translations.h"

namespace linnet::ui {

namespace setting = services::setting;

SettingsForm::SettingsForm(services::Settings& settings, QWidget* parent)
    : QWidget(parent)
    , m_settings(settings)
    , m_form(new QFormLayout(this)) {
    m_form->setContentsMargins(24, 16, 24, 16);
    m_form->setHorizontalSpacing(20);
    m_form->setVerticalSpacing(10);
    m_form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    m_form->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
}

void SettingsForm::heading(const QString& text) {
    auto* label = new QLabel(text, this);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    label->setContentsMargins(0, m_form->rowCount() == 0 ? 0 : 12, 0, 0);
    m_form->addRow(label);
}

QLabel* SettingsForm::note(const QString& text) {
    auto* label = new QLabel(text, this);
    label->setWordWrap(true);
    label->setForegroundRole(QPalette::PlaceholderText);
    m_form->addRow(label);
    return label;
}

QCheckBox* SettingsForm::check(const Setting<bool>& setting, const QString& text,
                               const QString& hint) {
    auto* box = new QCheckBox(text, this);
    box->setObjectName(QString::fromLatin1(setting.key));
    box->setToolTip(hint);
    m_form->addRow(box);
    m_settings.observe(setting, box, [box](bool on) { box->setChecked(on); });
    connect(box, &QCheckBox::toggled, this,
            [this, setting](bool on) { m_settings.set(setting, on); });
    return box;
}

void SettingsForm::number(const Setting<int>& setting, const QString& label, const QString& suffix,
                          int largest, const QString& special) {
    auto* box = new QSpinBox(this);
    box->setObjectName(QString::fromLatin1(setting.key));
    box->setAccessibleName(label);
    box->setRange(setting.minimum.value_or(0),
                  largest > 0 ? largest : setting.maximum.value_or(999));
    box->setSuffix(suffix);
    box->setSpecialValueText(special);
    row(label, box);
    m_settings.observe(setting, box, [box](int value) { box->setValue(value); });
    connect(box, &QSpinBox::valueChanged, this,
            [this, setting](int value) { m_settings.set(setting, value); });
}

void SettingsForm::number(const Setting<double>& setting, const QString& label,
                          const QString& suffix, double step) {
    auto* box = new QDoubleSpinBox(this);
    box->setObjectName(QString::fromLatin1(setting.key));
    box->setAccessibleName(label);
    box->setDecimals(1);
    box->setSingleStep(step);
    box->setRange(setting.minimum.value_or(0), setting.maximum.value_or(999));
    box->setSuffix(suffix);
    row(label, box);
    m_settings.observe(setting, box, [box](double value) { box->setValue(value); });
    connect(box, &QDoubleSpinBox::valueChanged, this,
            [this, setting](double value) { m_settings.set(setting, value); });
}

namespace {

template <typename T>
void bind(services::Settings& settings, const services::Setting<T>& setting, QComboBox* box,
          const QList<QPair<T, QString>>& options) {
    box->setObjectName(QString::fromLatin1(setting.key));
    for (const auto& [value, text] : options) {
        box->addItem(text, QVariant::fromValue(value));
    }
    settings.observe(setting, box, [box](const T& value) {
        const int index = box->findData(QVariant::fromValue(value));
        box->setCurrentIndex(index);
    });
    QObject::connect(box, &QComboBox::activated, box, [&settings, setting, box](int index) {
        settings.set(setting, box->itemData(index).value<T>());
    });
}

} // namespace

QComboBox* SettingsForm::choice(const Setting<QString>& setting, const QString& label,
                                const QList<QPair<QString, QString>>& options) {
    auto* box = new QComboBox(this);
    box->setAccessibleName(label);
    bind(m_settings, setting, box, options);
    row(label, box);
    return box;
}

QComboBox* SettingsForm::choice(const Setting<double>& setting, const QString& label,
                                const QList<QPair<double, QString>>& options) {
    auto* box = new QComboBox(this);
    box->setAccessibleName(label);
    bind(m_settings, setting, box, options);
    row(label, box);
    return box;
}

void SettingsForm::row(const QString& label, QWidget* field) {
    m_form->addRow(label, field);
}

void SettingsForm::wide(QWidget* widget) {
    m_form->addRow(widget);
}

WritingPage::WritingPage(services::Settings& settings, const services::SpellChecker* spelling,
                         QWidget* parent)
    : SettingsForm(settings, parent) {
    heading(tr("The page"));
    number(setting::columnWidth, tr("Width of the column"), tr(" letters"));
    number(setting::lineHeight, tr("Distance of lines"), tr(" %"));
    check(setting::typewriterScrolling, tr("Typewriter scrolling"),
          tr("The line being written stays in the middle of the page."));
    check(setting::focusParagraph, tr("Focus on the paragraph"),
          tr("All but the paragraph at the caret steps back."));
    check(setting::markdownHighlighting, tr("Show Markdown headings, emphasis and links"));
    addSpelling(spelling);
    heading(tr("Indentation"));
    number(setting::tabWidth, tr("Width of a tab"), tr(" spaces"));
    check(setting::tabInsertsSpaces, tr("Tab inserts spaces"));
    heading(tr("Files"));
    check(setting::saveAutomatically, tr("Save by itself after a pause in writing"),
          tr("Only texts that have a file already. Unsaved text survives a crash in any case."));
    check(setting::restoreSession, tr("Open the last documents again at the next start"));
    check(setting::showProvenance, tr("Count the words that came from suggestions"));
}

void WritingPage::addSpelling(const services::SpellChecker* spelling) {
    heading(tr("Spelling"));
    QCheckBox* box = check(setting::spellCheck, tr("Underline misspelt English words"),
                           tr("Right-click a word for other spellings, or to add it to the "
                              "dictionary."));
    if (spelling == nullptr || !spelling->isAvailable()) {
        box->setEnabled(false);
        box->setChecked(false);
        note(tr("There is no English dictionary on this computer. Install one for Hunspell (on "
                "Debian: hunspell-en-us) and start Linnet again."));
        return;
    }
    QList<QPair<QString, QString>> options{{QString(), tr("As the system")}};
    for (const QString& name : spelling->dictionaries()) {
        const QString country = QLocale(name).nativeTerritoryName();
        options.append({name, country.isEmpty() ? name : tr("English (%1)").arg(country)});
    }
    choice(setting::spellDictionary, tr("Dictionary"), options);
}

AppearancePage::AppearancePage(services::Settings& settings, QWidget* parent)
    : SettingsForm(settings, parent) {
    heading(tr("Colours"));
    choice(setting::theme, tr("Theme"),
           {{QStringLiteral("system"), tr("As the system")},
            {QStringLiteral("light"), tr("Light")},
            {QStringLiteral("dark"), tr("Dark")}});
    heading(tr("Type"));
    row(tr("Text font"), fonts(setting::textFont, tr("The system’s serif"), false));
    row(tr("Chinese font"), fonts(setting::chineseFont, tr("Song, as installed"), true));
    number(setting::textSize, tr("Size"), tr(" pt"), 0.5);
    heading(tr("Window"));
    check(setting::showStatusBar, tr("Show the status bar"));
    addLanguage();
}

// As long as there is nothing to choose from there is no choice.
void AppearancePage::addLanguage() {
    QList<QPair<QString, QString>> options{{QStringLiteral("system"), tr("As the system")},
                                           {QStringLiteral("en"), QStringLiteral("English")}};
    for (const QString& language : translatedLanguages()) {
        options.append({language, QLocale(language).nativeLanguageName()});
    }
    if (options.size() == 2) {
        return;
    }
    heading(tr("Language"));
    choice(setting::language, tr("Menus and messages"), options);
    note(tr("Another language is used when Linnet is started the next time."));
}

QComboBox* AppearancePage::fonts(const Setting<QString>& setting, const QString& automatic,
                                 bool chinese) {
    auto* box = new QComboBox(this);
    box->setObjectName(QString::fromLatin1(setting.key));
    box->setAccessibleName(chinese ? tr("Chinese font") : tr("Text font"));
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(24);
    box->addItem(automatic, QString());
    const auto script = chinese ? QFontDatabase::SimplifiedChinese : QFontDatabase::Latin;
    for (const QString& family : QFontDatabase::families(script)) {
        if (!QFontDatabase::isPrivateFamily(family)) {
            box->addItem(family, family);
        }
    }
    m_settings.observe(setting, box, [box](const QString& family) {
        int index = box->findData(family);
        if (index < 0) { // chosen once, and no longer installed
            box->addItem(family, family);
            index = box->count() - 1;
        }
        box->setCurrentIndex(index);
    });
    connect(box, &QComboBox::activated, this, [this, setting, box](int index) {
        m_settings.set(setting, box->itemData(index).toString());
    });
    return box;
}

} // namespace linnet::ui
