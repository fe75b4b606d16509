#pragma once

#include <QWidget>

#include "services/settings.h"
#include "services/spell_checker.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;

namespace linnet::ui {

// A page of settings: labelled fields bound to settings both ways.
class SettingsForm : public QWidget {
    Q_OBJECT
public:
    explicit SettingsForm(services::Settings& settings, QWidget* parent = nullptr);

protected:
    template <typename T>
    using Setting = services::Setting<T>;

    void heading(const QString& text);
    QLabel* note(const QString& text);
    QCheckBox* check(const Setting<bool>& setting, const QString& text, const QString& hint = {});
    void number(const Setting<int>& setting, const QString& label, const QString& suffix,
                int largest = 0, const QString& special = {});
    void number(const Setting<double>& setting, const QString& label, const QString& suffix,
                double step);
    // Pairs of stored value and text.
    QComboBox* choice(const Setting<QString>& setting, const QString& label,
                      const QList<QPair<QString, QString>>& options);
    QComboBox* choice(const Setting<double>& setting, const QString& label,
                      const QList<QPair<double, QString>>& options);
    void row(const QString& label, QWidget* field);
    void wide(QWidget* widget);

    services::Settings& m_settings;

private:
    QFormLayout* m_form = nullptr;
};

// The pages that are nothing but fields.
class WritingPage : public SettingsForm {
    Q_OBJECT
public:
    // `spelling` may be null: then there is no dictionary.
    WritingPage(services::Settings& settings, const services::SpellChecker* spelling,
                QWidget* parent = nullptr);

private:
    void addSpelling(const services::SpellChecker* spelling);
};

class AppearancePage : public SettingsForm {
    Q_OBJECT
public:
    explicit AppearancePage(services::Settings& settings, QWidget* parent = nullptr);

private:
    void addLanguage();
    QComboBox* fonts(const Setting<QString>& setting, const QString& automatic, bool chinese);
};

} // namespace linnet::ui
