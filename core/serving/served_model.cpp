#include "serving/served_model.h"

#include "serving/caption_studio.h"
#include "serving/poem_desk.h"

namespace linnet::serving {

ServedModel::ServedModel() = default;
ServedModel::~ServedModel() = default;

protocol::ModelEntry ServedModel::entry() const {
    protocol::ModelEntry entry;
    entry.id = name;
    entry.created = loadedAt;
    entry.ownedBy = "linnet";
    entry.version = version;
    entry.state = "ready";
    if (text) {
        entry.capabilities = {"completions", "chat"};
        entry.contextLength = text->info().contextLength;
    }
    if (poems) {
        entry.capabilities = {"poems"};
        entry.languages = {std::string(verse::toString(poems->language()))};
    }
    if (captions) {
        entry.capabilities = {"captions", "chat"};
        entry.languages = captions->languages();
    }
    return entry;
}

int ServedModel::running() const {
    return (text ? text->stats().running : 0) + (poems ? poems->running() : 0) +
           (captions ? captions->running() : 0);
}

int ServedModel::waiting() const {
    return (text ? text->stats().waiting : 0) + (poems ? poems->waiting() : 0) +
           (captions ? captions->waiting() : 0);
}

} // namespace linnet::serving
