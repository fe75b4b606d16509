#include "ui/panels/poem_form.h"

#include <algorithm>
#include <limits>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/verse_words.h"

namespace linnet::ui {

namespace {
constexpr int mostVersions = 8;
constexpr int usualVersions = 2;
constexpr int mostLines = 60;
} // namespace

PoemForm::PoemForm(const services::VerseSource& verse, QWidget* parent)
    : QWidget(parent)
    , m_verse(verse) {
    build();
    buildOptions();
    connect(m_form, &QComboBox::currentIndexChanged, this, [this] {
        showForm();
        Q_EMIT formChanged(m_form->currentData().toString());
    });
    connect(m_traditional, &QCheckBox::toggled, this, &PoemForm::traditionalChanged);
    connect(m_traditional, &QCheckBox::toggled, this, &PoemForm::preferencesChanged);
    connect(m_style, &QComboBox::currentIndexChanged, this, &PoemForm::preferencesChanged);
    connect(m_count, &QSpinBox::valueChanged, this, &PoemForm::preferencesChanged);
    connect(m_temperature, &QDoubleSpinBox::valueChanged, this, &PoemForm::preferencesChanged);
    fillForms();
}

void PoemForm::build() {
    auto* top = new QFormLayout;
    top->setContentsMargins(0, 0, 0, 0);
    top->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form = new QComboBox(this);
    m_form->setObjectName(QStringLiteral("poemForm"));
    m_form->setAccessibleName(tr("Form"));
    m_form->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_form->setMinimumContentsLength(10);
    top->addRow(tr("Form"), m_form);
    m_theme = new QLineEdit(this);
    m_theme->setObjectName(QStringLiteral("poemTheme"));
    m_theme->setAccessibleName(tr("Theme"));
    m_theme->setPlaceholderText(tr("What it is about"));
    top->addRow(tr("Theme"), m_theme);

    m_more = new QToolButton(this);
    m_more->setObjectName(QStringLiteral("poemMore"));
    m_more->setText(tr("Style, rhyme, acrostic"));
    m_more->setCheckable(true);
    m_more->setAutoRaise(true);
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_more->setArrowType(Qt::RightArrow);
    m_options = new QWidget(this);
    m_options->hide();
    connect(m_more, &QToolButton::toggled, this, [this](bool open) {
        m_more->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        m_options->setVisible(open);
    });
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(top);
    column->addWidget(m_more);
    column->addWidget(m_options);
}

QLineEdit* PoemForm::addLine(const char* name, const QString& label, const QString& placeholder,
                             const QString& tip) {
    auto* line = new QLineEdit(m_options);
    line->setObjectName(QString::fromLatin1(name));
    line->setAccessibleName(label);
    line->setPlaceholderText(placeholder);
    line->setToolTip(tip);
    m_rows->addRow(label, line);
    return line;
}

void PoemForm::buildOptions() {
    m_rows = new QFormLayout(m_options);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    const auto box = [this](const char* name, const QString& label) {
        auto* combo = new QComboBox(m_options);
        combo->setObjectName(QString::fromLatin1(name));
        combo->setAccessibleName(label);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(8);
        m_rows->addRow(label, combo);
        return combo;
    };
    m_style = box("poemStyle", tr("Style"));
    fillStyles();
    m_variant = box("poemVariant", tr("Variant"));
    m_rhyme = box("poemRhyme", tr("Rhyme"));
    m_rhyme->setEditable(true);
    m_rhyme->setInsertPolicy(QComboBox::NoInsert);
    m_acrostic = addLine("poemAcrostic", tr("Acrostic"), tr("The lines begin with it"),
                         tr("One letter or character for each line, from the first on."));
    m_firstLine = addLine("poemFirstLine", tr("First line"), tr("Kept as it is"), QString());
    m_title = addLine("poemTitleField", tr("Title"), QString(), QString());
    m_keywords = addLine("poemKeywords", tr("Words"), tr("moon, harbour"),
                         tr("Words that are to occur, where the form lets them."));
    buildNumbers();
    m_traditional = new QCheckBox(tr("Traditional characters"), m_options);
    m_traditional->setObjectName(QStringLiteral("poemTraditional"));
    m_rows->addRow(m_traditional);
}

void PoemForm::buildNumbers() {
    m_lines = new QSpinBox(m_options);
    m_lines->setObjectName(QStringLiteral("poemLines"));
    m_lines->setAccessibleName(tr("Lines"));
    m_lines->setToolTip(tr("How long the poem is to be, where the form leaves that open."));
    m_lines->setRange(0, mostLines);
    m_lines->setSpecialValueText(tr("as usual"));
    m_rows->addRow(tr("Lines"), m_lines);
    m_count = new QSpinBox(m_options);
    m_count->setObjectName(QStringLiteral("poemVersions"));
    m_count->setAccessibleName(tr("Versions"));
    m_count->setRange(1, mostVersions);
    m_count->setValue(usualVersions);
    m_rows->addRow(tr("Versions"), m_count);
    m_temperature = new QDoubleSpinBox(m_options);
    m_temperature->setObjectName(QStringLiteral("poemTemperature"));
    m_temperature->setAccessibleName(tr("Boldness"));
    m_temperature->setToolTip(tr("The temperature of the model: under 1 it keeps to what is "
                                 "usual, above 1 it dares more."));
    m_temperature->setRange(0.1, 2.0);
    m_temperature->setSingleStep(0.1);
    m_temperature->setDecimals(1);
    m_temperature->setValue(1.0);
    m_rows->addRow(tr("Boldness"), m_temperature);
    m_seed = new QSpinBox(m_options);
    m_seed->setObjectName(QStringLiteral("poemSeed"));
    m_seed->setAccessibleName(tr("Seed"));
    m_seed->setToolTip(tr("The same seed and the same wishes give the same poem."));
    m_seed->setRange(0, std::numeric_limits<int>::max());
    m_seed->setSpecialValueText(tr("another each time"));
    m_rows->addRow(tr("Seed"), m_seed);
}

void PoemForm::fillStyles() {
    for (const auto& [dynasty, title] : poemStyles()) {
        m_style->addItem(title, dynasty);
    }
}

PoemPreferences PoemForm::preferences() const {
    return {m_style->currentData().toString(), m_count->value(), m_temperature->value(),
            m_traditional->isChecked()};
}

void PoemForm::setPreferences(const PoemPreferences& preferences) {
    if (preferences == this->preferences()) {
        return;
    }
    QSignalBlocker quiet(this);
    const bool before = m_traditional->isChecked();
    m_style->setCurrentIndex(std::max(0, m_style->findData(preferences.style)));
    m_count->setValue(preferences.versions);
    m_temperature->setValue(preferences.temperature);
    m_traditional->setChecked(preferences.traditional);
    if (before != preferences.traditional) {
        quiet.unblock();
        Q_EMIT traditionalChanged(preferences.traditional); // the cards follow
    }
}

void PoemForm::setLanguage(const QString& language) {
    if (language != m_language) {
        m_language = language;
        fillForms();
        m_form->setCurrentIndex(0);
    }
}

void PoemForm::fillForms() {
    const QString before = m_form->currentData().toString();
    const QSignalBlocker quiet(m_form);
    m_form->clear();
    // Forms of one language first; each language in the library's order.
    const bool chinese =
        m_language.isEmpty() ? interfaceIsChinese() : m_language == QLatin1String("zh");
    for (const bool first : {true, false}) {
        if (!first && m_form->count() > 0) {
            m_form->insertSeparator(m_form->count());
        }
        for (const services::VerseForm& form : m_verse.forms()) {
            const bool isChinese = form.language == services::VerseLanguage::Chinese;
            if ((isChinese == chinese) == first) {
                m_form->addItem(formTitle(form), form.name);
                m_form->setItemData(m_form->count() - 1, formDescription(form), Qt::ToolTipRole);
            }
        }
    }
    m_form->setEnabled(m_form->count() > 0);
    m_form->setCurrentIndex(std::max(0, m_form->findData(before)));
    showForm();
}

const services::VerseForm* PoemForm::form() const {
    return m_verse.findForm(m_form->currentData().toString());
}

void PoemForm::setForm(const QString& name) {
    const int index = m_form->findData(name);
    if (index >= 0 && !name.isEmpty()) {
        m_form->setCurrentIndex(index);
    }
}

void PoemForm::setSubject(const QString& theme) {
    m_theme->setText(theme);
}

bool PoemForm::wantsTraditional() const {
    return m_traditional->isChecked();
}

void PoemForm::focusTheme() {
    m_theme->setFocus();
    m_theme->selectAll();
}

void PoemForm::showRow(QWidget* field, bool visible) {
    field->setVisible(visible);
    if (QWidget* label = m_rows->labelForField(field)) {
        label->setVisible(visible);
    }
}

void PoemForm::fillRhymes(bool chinese) {
    const QString before = m_rhyme->currentText();
    m_rhyme->clear();
    if (chinese) {
        m_rhyme->addItems(m_verse.rhymeGroups());
    }
    m_rhyme->setEditText(before);
    m_rhyme->lineEdit()->setPlaceholderText(chinese ? tr("A group, or a character")
                                                    : tr("A word to rhyme with"));
}

void PoemForm::showForm() {
    const services::VerseForm* chosen = form();
    m_options->setEnabled(chosen != nullptr);
    if (chosen == nullptr) {
        return;
    }
    m_form->setToolTip(formDescription(*chosen));
    const bool chinese = chosen->language == services::VerseLanguage::Chinese;
    const QString variant = m_variant->currentData().toString();
    m_variant->clear();
    m_variant->addItem(tr("any"), QString());
    for (const services::VerseVariant& one : chosen->variants) {
        m_variant->addItem(variantTitle(one), one.name);
    }
    m_variant->setCurrentIndex(std::max(0, m_variant->findData(variant)));
    fillRhymes(chinese);
    showRow(m_style, chinese);
    showRow(m_variant, chosen->variants.size() > 1);
    showRow(m_rhyme, chosen->rhymed);
    showRow(m_lines, chosen->lines == 0);
    m_traditional->setVisible(chinese);
}

services::PoemQuery PoemForm::query() const {
    services::PoemQuery query;
    const services::VerseForm* chosen = form();
    if (chosen == nullptr) {
        return query;
    }
    const bool chinese = chosen->language == services::VerseLanguage::Chinese;
    query.form = chosen->name;
    query.variant = chosen->variants.size() > 1 ? m_variant->currentData().toString() : QString();
    query.theme = m_theme->text().trimmed();
    query.title = m_title->text().trimmed();
    static const QRegularExpression separators(QStringLiteral("[,;，、；\\s]+"));
    query.keywords = m_keywords->text().split(separators, Qt::SkipEmptyParts);
    query.firstLine = m_firstLine->text().trimmed();
    query.rhyme = chosen->rhymed ? m_rhyme->currentText().trimmed() : QString();
    query.acrostic = m_acrostic->text().trimmed();
    query.style = chinese ? m_style->currentData().toString() : QString();
    query.lines = chosen->lines == 0 ? m_lines->value() : 0;
    query.count = m_count->value();
    query.seed = static_cast<quint64>(m_seed->value());
    query.temperature = m_temperature->value();
    query.traditional = chinese && m_traditional->isChecked();
    return query;
}

} // namespace linnet::ui
