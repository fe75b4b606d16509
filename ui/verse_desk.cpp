#include "ui/verse_desk.h"

#include <QActionGroup>
#include <QDockWidget>
#include <QMainWindow>
#include <QMenu>
#include <QTextBlock>

#include "ui/editor/verse_marks.h"
#include "ui/panels/poem_form.h"
#include "ui/panels/poem_panel.h"
#include "ui/panels/rhyme_finder.h"
#include "ui/verse_words.h"

namespace linnet::ui {

namespace setting = services::setting;

namespace {
constexpr int panelWidth = 360;
} // namespace

VerseDesk::VerseDesk(QMainWindow& window, Editor& editor, services::PoemSource* poems,
                     services::VerseSource& verse, services::Settings& settings)
    : QObject(&window)
    , m_poems(poems)
    , m_source(verse)
    , m_settings(settings)
    , m_editor(editor)
    , m_theme(lightTheme())
    , m_marks(new VerseMarks(editor, verse, this)) {
    m_rhymes = new RhymeFinder(editor, verse, editor.parentWidget());
    settings.observe(setting::verseForm, this,
                     [this](const QString& name) { m_marks->setForm(name); });
    settings.observe(setting::verseDocuments, this, [this](const QStringList& types) {
        if (!m_settings.value(setting::verseAtStart)) {
            showMarks(types.contains(m_documentType));
        }
    });
    settings.observe(setting::verseAtStart, this, [this](bool) { showMarks(beginsWithMarks()); });
    settings.observe(setting::rhymeKinds, this, [this](const QString& kinds) {
        m_rhymes->setPerfectOnly(kinds == QLatin1String("perfect"));
    });
    if (composes()) {
        buildDock(window);
    }
}

void VerseDesk::buildDock(QMainWindow& window) {
    m_dock = new QDockWidget(tr("Poem"), &window);
    m_dock->setObjectName(QStringLiteral("poemDock"));
    m_dock->setAllowedAreas(Qt::LeftDockWidgetArea | Qt::RightDockWidgetArea);
    window.addDockWidget(Qt::RightDockWidgetArea, m_dock);
    window.resizeDocks({m_dock}, {panelWidth}, Qt::Horizontal);
    m_dock->hide();
    connect(m_dock, &QDockWidget::visibilityChanged, this, [this] {
        if (isPanelVisible()) {
            panel();
        }
        Q_EMIT panelShown(isPanelVisible());
    });
}

VerseDesk::~VerseDesk() {
    // The page goes on being painted without it.
    m_marks->setEnabled(false);
}

PoemPanel& VerseDesk::panel() {
    if (m_panel == nullptr) {
        m_panel = new PoemPanel(*m_poems, m_source, m_dock);
        m_panel->setTheme(m_theme);
        m_panel->setFamilies(m_typography.latin, m_typography.chinese);
        bindForm(m_panel->form());
        connect(m_panel, &PoemPanel::insertRequested, this, &VerseDesk::insertPoem);
        connect(m_panel, &PoemPanel::closeRequested, this, [this] { showPanel(false); });
        m_dock->setWidget(m_panel);
    }
    return *m_panel;
}

void VerseDesk::setTheme(const Theme& theme) {
    m_theme = theme;
    if (m_panel != nullptr) {
        m_panel->setTheme(theme);
    }
    m_marks->setTheme(theme);
    m_rhymes->setTheme(theme);
}

void VerseDesk::setTypography(const Typography& typography) {
    m_typography = typography;
    if (m_panel != nullptr) {
        m_panel->setFamilies(typography.latin, typography.chinese);
    }
    m_rhymes->setFamilies(typography.latin, typography.chinese);
}

// What the writer asks of poems is kept, and the page of settings shows the same.
void VerseDesk::bindForm(PoemForm& form) {
    m_settings.observe(setting::verseLanguage, &form, [&form](const QString& language) {
        form.setLanguage(language == QLatin1String("interface") ? QString() : language);
    });
    m_settings.observe(setting::poemForm, &form,
                       [&form](const QString& name) { form.setForm(name); });
    connect(&form, &PoemForm::formChanged, this,
            [this](const QString& name) { m_settings.set(setting::poemForm, name); });
    const auto prefer = [this, &form] {
        form.setPreferences({m_settings.value(setting::poemStyle),
                             m_settings.value(setting::poemVersions),
                             m_settings.value(setting::poemTemperature),
                             m_settings.value(setting::poemTraditional)});
    };
    prefer();
    for (const char* key : {setting::poemStyle.key, setting::poemVersions.key,
                            setting::poemTemperature.key, setting::poemTraditional.key}) {
        connect(&m_settings, &services::Settings::changed, &form,
                [prefer, key](const QString& changed) {
                    if (changed == QLatin1String(key)) {
                        prefer();
                    }
                });
    }
    connect(&form, &PoemForm::preferencesChanged, this, [this, &form] {
        const PoemPreferences now = form.preferences();
        m_settings.set(setting::poemStyle, now.style);
        m_settings.set(setting::poemVersions, now.versions);
        m_settings.set(setting::poemTemperature, now.temperature);
        m_settings.set(setting::poemTraditional, now.traditional);
    });
}

void VerseDesk::setDocumentType(const QString& suffix) {
    if (suffix != m_documentType) { // else what the writer has switched stays
        m_documentType = suffix;
        showMarks(beginsWithMarks());
    }
}

bool VerseDesk::beginsWithMarks() const {
    return m_settings.value(setting::verseAtStart) ||
           m_settings.value(setting::verseDocuments).contains(m_documentType);
}

void VerseDesk::showMarks(bool on) {
    if (on != m_marks->isEnabled()) {
        m_marks->setEnabled(on);
        Q_EMIT marksShown(on);
    }
}

bool VerseDesk::isPanelVisible() const {
    return m_dock != nullptr && !m_dock->isHidden();
}

void VerseDesk::showPanel(bool visible) {
    if (!composes()) {
        return;
    }
    if (visible) {
        panel();
    }
    m_dock->setVisible(visible);
    if (visible) {
        m_dock->raise();
        m_panel->form().focusTheme();
    } else {
        panel().stop();
        m_editor.setFocus();
    }
}

void VerseDesk::composeAbout(const QString& theme) {
    panel().form().setSubject(theme);
    showPanel(true);
}

bool VerseDesk::marksVerse() const {
    return m_marks->isEnabled();
}

void VerseDesk::markVerse(bool on) {
    QStringList types = m_settings.value(setting::verseDocuments);
    types.removeAll(m_documentType);
    if (on) {
        types.append(m_documentType);
    }
    m_settings.set(setting::verseDocuments, types);
    showMarks(on); // also where every document begins with marks
}

void VerseDesk::fillFormMenu(QMenu* menu) {
    menu->clear();
    auto* group = new QActionGroup(menu);
    const QString now = m_settings.value(setting::verseForm);
    const auto add = [&](const QString& title, const QString& name) {
        QAction* action = menu->addAction(
            title, this, [this, name] { m_settings.set(setting::verseForm, name); });
        action->setCheckable(true);
        action->setChecked(name == now);
        group->addAction(action);
    };
    add(tr("Whatever Fits"), QString());
    menu->addSeparator();
    for (const services::VerseForm& form : m_source.forms()) {
        add(formTitle(form), form.name);
    }
}

void VerseDesk::findRhymes() {
    m_rhymes->open(marksVerse(), m_settings.value(setting::verseForm));
}

void VerseDesk::insertPoem(const QString& poem) {
    QTextCursor caret = m_editor.textCursor();
    caret.clearSelection();
    const QTextBlock block = caret.block();
    QString text = poem;
    if (!block.text().trimmed().isEmpty()) {
        caret.movePosition(QTextCursor::EndOfBlock);
        text.prepend(QStringLiteral("\n\n"));
    }
    if (block.next().isValid() && !block.next().text().trimmed().isEmpty()) {
        text.append(u'\n');
    }
    m_editor.setTextCursor(caret);
    m_editor.insertSuggestion(0, text);
    m_editor.setFocus();
}

} // namespace linnet::ui
