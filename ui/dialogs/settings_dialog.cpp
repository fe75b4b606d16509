#include "ui/dialogs/settings_dialog.h"

#include <algorithm>

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QListWidget>
#include <QScreen>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/dialogs/keys_page.h"
#include "ui/dialogs/models_page.h"
#include "ui/dialogs/pictures_page.h"
#include "ui/dialogs/remote_page.h"
#include "ui/dialogs/settings_form.h"
#include "ui/dialogs/suggestions_page.h"
#include "ui/dialogs/verse_page.h"
#include "ui/icons.h"

namespace linnet::ui {

SettingsDialog::SettingsDialog(const SettingsServices& services, QWidget* parent)
    : QDialog(parent) {
    services::Settings& settings = services.settings;
    setWindowTitle(tr("Settings"));
    setObjectName(QStringLiteral("settingsDialog"));
    m_list = new QListWidget(this);
    m_list->setObjectName(QStringLiteral("settingsPages"));
    m_list->setAccessibleName(tr("Pages of settings"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFixedWidth(170);
    m_list->setSpacing(2);
    m_list->setIconSize(QSize(18, 18));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_pages = new QStackedWidget(this);
    m_suggestions = new SuggestionsPage(settings, services.memory, services.dialogs, this);
    m_models = new ModelsPage(settings, services.library, services.dialogs, this);
    addPage(SettingsPage::Writing, tr("Writing"), QStringLiteral("pen"),
            new WritingPage(settings, services.spelling, this));
    addPage(SettingsPage::Suggestions, tr("Suggestions"), QStringLiteral("suggestions"),
            m_suggestions);
    if (services.verse != nullptr) {
        addPage(SettingsPage::Verse, tr("Verse"), QStringLiteral("verse"),
                new VersePage(settings, *services.verse, this));
    }
    addPage(SettingsPage::Pictures, tr("Pictures"), QStringLiteral("picture"),
            new PicturesPage(settings, services.library, this));
    addPage(SettingsPage::Models, tr("Models"), QStringLiteral("models"), m_models);
    if (services.servers != nullptr && services.tokens != nullptr) {
        addPage(
            SettingsPage::Remote, tr("Remote"), QStringLiteral("remote"),
            new RemotePage(settings, *services.servers, *services.tokens, services.dialogs, this));
    }
    addPage(SettingsPage::Appearance, tr("Appearance"), QStringLiteral("appearance"),
            new AppearancePage(settings, this));
    addPage(SettingsPage::Keys, tr("Keys"), QStringLiteral("keys"), new KeysPage(settings, this));
    connect(m_list, &QListWidget::currentRowChanged, m_pages, &QStackedWidget::setCurrentIndex);
    connect(m_suggestions, &SuggestionsPage::projectForgotten, this,
            &SettingsDialog::projectForgotten);
    connect(m_list, &QListWidget::currentRowChanged, m_suggestions, &SuggestionsPage::refresh);
    connect(m_models, &ModelsPage::retryRequested, this, &SettingsDialog::retryRequested);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* top = new QHBoxLayout;
    top->setSpacing(0);
    top->addWidget(m_list);
    top->addWidget(m_pages, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top, 1);
    auto* bottom = new QHBoxLayout;
    bottom->setContentsMargins(16, 10, 16, 12);
    bottom->addWidget(buttons);
    column->addLayout(bottom);
    m_list->setCurrentRow(0);
    setTheme(lightTheme());
    resize(760, std::min(680, screen()->availableGeometry().height() * 85 / 100));
}

void SettingsDialog::addPage(SettingsPage which, const QString& title, const QString& icon,
                             QWidget* page) {
    m_list->addItem(title);
    m_icons.append(icon);
    m_rows.append(which);
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setWidget(page);
    m_pages->addWidget(scroll);
}

void SettingsDialog::showPage(SettingsPage page) {
    m_list->setCurrentRow(std::max(0, static_cast<int>(m_rows.indexOf(page))));
    if (page == SettingsPage::Models) {
        m_models->refresh();
    }
    m_list->setFocus();
}

void SettingsDialog::setTheme(const Theme& theme) {
    for (int i = 0; i < m_list->count(); ++i) {
        m_list->item(i)->setIcon(lineIcon(m_icons.at(i), theme.ink));
        m_list->item(i)->setSizeHint(QSize(160, 34));
    }
}

void SettingsDialog::setModelStatus(const services::ModelStatus& status) {
    m_models->setStatus(status);
}

} // namespace linnet::ui
