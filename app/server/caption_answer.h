#pragma once

#include <optional>
#include <string>
#include <vector>

#include "caption/caption_writer.h"
#include "protocol/chat.h"
#include "replies.h"

namespace linnet::server {

struct PictureFile {
    std::string name;
    std::string bytes;
};

// What became of one picture.
struct PictureCaptions {
    std::vector<caption::Caption> captions; // best first, by language
    std::string error;                      // why there are none
    bool failed = false;                    // the model did: the picture may be good
    int promptTokens = 0;                   // beside the picture
};

// The captions of each file, in order, waiting for them. Nothing: the response says why, or the
// client is gone.
std::optional<std::vector<PictureCaptions>> captionFiles(ServerState& state,
                                                         const serving::ServedModel& model,
                                                         const std::vector<PictureFile>& files,
                                                         const caption::CaptionOptions& options,
                                                         httplib::Response& response);

// The model of captions of this name; the first one if the name is empty or, with `anyWillDo`, that
// of a model which does other things. Null, and the response says why.
serving::ModelRef findCaptioner(const ServerState& state, const std::string& name, bool anyWillDo,
                                httplib::Response& response);

// A chat about pictures: each choice is a caption, of several pictures a line each.
void answerAboutPictures(ServerState& state, const protocol::ChatRequest& request,
                         httplib::Response& response);

} // namespace linnet::server
