#pragma once

#include <QWidget>

#include "services/poem_source.h"
#include "services/verse_source.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace linnet::ui {

// What the writer likes to ask of every poem.
struct PoemPreferences {
    QString style; // of Chinese ones; empty: any
    int versions = 2;
    double temperature = 1;
    bool traditional = false;

    friend bool operator==(const PoemPreferences&, const PoemPreferences&) = default;
};

// What the writer asks of a poem. Shows only what the chosen form can have.
class PoemForm : public QWidget {
    Q_OBJECT
public:
    explicit PoemForm(const services::VerseSource& verse, QWidget* parent = nullptr);

    // The forms are there, or others than before.
    void fillForms();
    // "en" or "zh": whose forms come first; the first of them is chosen where none was before.
    void setLanguage(const QString& language);
    PoemPreferences preferences() const;
    void setPreferences(const PoemPreferences& preferences);
    const services::VerseForm* form() const; // null: there are none
    void setForm(const QString& name);
    void setSubject(const QString& theme);
    bool wantsTraditional() const;

    // A seed of 0 asks for another poem each time.
    services::PoemQuery query() const;
    // Puts the caret into the theme.
    void focusTheme();

Q_SIGNALS:
    void formChanged(const QString& name);
    void traditionalChanged(bool traditional);
    void preferencesChanged(); // by the writer

private:
    void build();
    void buildOptions();
    void buildNumbers();
    QLineEdit* addLine(const char* name, const QString& label, const QString& placeholder,
                       const QString& tip);
    void showForm();
    void showRow(QWidget* field, bool visible);
    void fillRhymes(bool chinese);
    void fillStyles();

    const services::VerseSource& m_verse;
    QString m_language; // empty: that of the interface
    QComboBox* m_form = nullptr;
    QLineEdit* m_theme = nullptr;
    QToolButton* m_more = nullptr;
    QWidget* m_options = nullptr;
    QFormLayout* m_rows = nullptr;
    QComboBox* m_style = nullptr;
    QComboBox* m_variant = nullptr;
    QComboBox* m_rhyme = nullptr;
    QLineEdit* m_acrostic = nullptr;
    QLineEdit* m_firstLine = nullptr;
    QLineEdit* m_title = nullptr;
    QLineEdit* m_keywords = nullptr;
    QDoubleSpinBox* m_temperature = nullptr;
    QSpinBox* m_seed = nullptr;
    QSpinBox* m_lines = nullptr;
    QSpinBox* m_count = nullptr;
    QCheckBox* m_traditional = nullptr;
};

} // namespace linnet::ui
