#pragma once

#include <QPlainTextEdit>

namespace linnet::ui {

// A caption to be edited in place: two lines that wrap, no line breaks.
class CaptionField : public QPlainTextEdit {
    Q_OBJECT
public:
    explicit CaptionField(QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void entered();  // the focus came here
    void accepted(); // Enter

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void insertFromMimeData(const QMimeData* source) override;
};

} // namespace linnet::ui
