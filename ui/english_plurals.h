#pragma once

#include <QTranslator>

namespace linnet::ui {

// English for texts with a number, which in the source are written "%n word(s)". Every other
// language has a translation file, which does this in its own way.
class EnglishPlurals : public QTranslator {
    Q_OBJECT
public:
    using QTranslator::QTranslator;

    QString translate(const char* context, const char* sourceText,
                      const char* disambiguation = nullptr, int n = -1) const override;
    bool isEmpty() const override { return false; }
};

} // namespace linnet::ui
