#pragma once

#include <QDialog>

#include "services/model_library.h"

namespace linnet::ui {

// What Linnet is, and the facts of the model card.
class AboutDialog : public QDialog {
    Q_OBJECT
public:
    explicit AboutDialog(const std::optional<services::ModelEntry>& model,
                         QWidget* parent = nullptr);
};

// The facts of a model's card.json as lines of text, most important first.
QStringList modelCardFacts(const services::ModelEntry& model);

} // namespace linnet::ui
