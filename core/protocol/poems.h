#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/result.h"
#include "protocol/generation_options.h"

namespace linnet::protocol {

// POST /v1/poems. The fields mean what they mean in verse::PoemRequest.
struct PoemRequest {
    std::string model; // empty: the language's own
    std::string form;
    std::string variant;
    std::string theme;
    std::string title;
    std::vector<std::string> keywords;
    std::string firstLine;
    std::string rhyme;
    std::string acrostic;
    std::string style;
    std::map<int, std::string> fixed; // from 0; as "fix": {"1": "..."} from 1
    int lines = 0;
    int count = 1;
    std::optional<std::int64_t> seed;
    double temperature = 1.0;
    bool traditional = false;
    bool stream = false; // events of PoemLine as they become final, then the PoemResponse
};

// The wishes that requests for poems have under the same names: this one and the composer's. The
// seed is the caller's matter.
template <typename From, typename To>
void copyWishes(const From& from, To& to) {
    to.form = from.form;
    to.variant = from.variant;
    to.theme = from.theme;
    to.title = from.title;
    to.keywords = from.keywords;
    to.firstLine = from.firstLine;
    to.rhyme = from.rhyme;
    to.acrostic = from.acrostic;
    to.style = from.style;
    to.fixed = from.fixed;
    to.lines = from.lines;
    to.count = from.count;
    to.temperature = from.temperature;
    to.traditional = from.traditional;
}

struct PoemFault {
    int line = 0;     // from 1; 0: of the poem
    int position = 0; // from 1; 0: of the line
    std::string kind;
    std::string message;
};

struct WrittenPoem {
    std::string form;
    std::string variant;
    std::string title;
    std::vector<std::string> lines;
    std::vector<int> breaks; // a stanza ends before these lines, from 0
    bool ok = false;         // the analyzer's verdict
    std::vector<PoemFault> faults;
    std::vector<int> fromCorpus; // lines that the training corpus has, from 1
    std::uint64_t seed = 0;
    double score = 0; // mean log-probability of a token, without the constraints
    double milliseconds = 0;
};

struct PoemResponse {
    std::string model;
    std::vector<WrittenPoem> poems; // best first
};

// A line of a poem in the making.
struct PoemLineEvent {
    int version = 0; // from 0
    int line = 0;    // from 0
    std::string text;
    bool fixed = false;
    bool fromCorpus = false;
};

// Strict. Errors: InvalidArgument, "FIELD: what is allowed". Forms and rhymes are the composer's
// business.
engine::Result<PoemRequest> parsePoemRequest(std::string_view body);
// The same of a query string's parameters, for GET /v1/compose: each a text, "keywords" and "fix"
// (N=LINE) also several times. Unknown names are refused: in an address they are slips.
engine::Result<PoemRequest>
parsePoemQuery(const std::multimap<std::string, std::string>& parameters);
std::string toJson(const PoemRequest& request);

engine::Result<PoemResponse> parsePoemResponse(std::string_view body);
std::string toJson(const PoemResponse& response);
// One poem alone, as `linnet-cli poem --json` shows it.
std::string toJson(const WrittenPoem& poem);

// Error: InvalidArgument, it is no such event.
engine::Result<PoemLineEvent> parsePoemLine(std::string_view data);
std::string toJson(const PoemLineEvent& line);

} // namespace linnet::protocol
