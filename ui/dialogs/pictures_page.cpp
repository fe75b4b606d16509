#include "ui/dialogs/pictures_page.h"

#include "services/model_library.h"

namespace linnet::ui {

namespace setting = services::setting;

PicturesPage::PicturesPage(services::Settings& settings, const services::ModelLibrary& library,
                           QWidget* parent)
    : SettingsForm(settings, parent) {
    choice(setting::captionLanguage, tr("Captions in"),
           {{QStringLiteral("interface"), tr("the language of the program")},
            {QStringLiteral("en"), tr("English")},
            {QStringLiteral("zh"), tr("Chinese")},
            {QStringLiteral("both"), tr("both")}});
    QList<QPair<QString, QString>> models = {{QString(), tr("the best that is installed")}};
    for (const services::ModelEntry& entry : library.models()) {
        if (entry.use == QLatin1String("captions") && entry.usable()) {
            models.append({entry.name, entry.title});
        }
    }
    const QString chosen = settings.value(setting::captionModel);
    const bool listed = std::any_of(models.begin(), models.end(),
                                    [&](const auto& model) { return model.first == chosen; });
    if (!listed) {
        models.append({chosen, chosen});
    }
    choice(setting::captionModel, tr("Model"), models);
    heading(tr("What is read"));
    number(setting::pictureMegabytes, tr("Files up to"), tr(" MB"));
    number(setting::pictureMegapixels, tr("Pictures up to"), tr(" megapixels"));
    note(tr("Larger pictures are refused before they are opened, so that no file can fill the "
            "memory."));
    note(tr("Captions are written on this computer; no picture leaves it. A picture that you drag "
            "from a web page is downloaded only after you have agreed."));
}

} // namespace linnet::ui
