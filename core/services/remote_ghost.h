#pragma once

#include <vector>

#include <QString>

#include "protocol/log_probs.h"

namespace linnet::services {

// What a server is asked to continue. Models are trained on words with their space in front, so
// the spaces before the caret are left out and expected back.
struct RemotePrompt {
    QString text;
    bool spaced = false; // spaces were left out
};

// Nothing to ask: an empty text.
RemotePrompt remotePromptFor(const QString& before);

struct RemoteGhost {
    QString text; // to be shown after the caret; empty: nothing
    // That all of it is right, as the server sees it; negative: the server does not say.
    double probability = -1;
};

struct RemoteGhostOptions {
    double threshold = 0.45; // of the probability
    int words = 4;           // at most; two Han characters count as one
};

// Of what a server answered so far: whole words only, on one line, as many as the threshold
// allows. `tokens`: those of `completion`, in order; empty: the server does not tell. `complete`:
// no more is to come.
RemoteGhost remoteGhost(const RemotePrompt& prompt, const QString& completion,
                        const std::vector<protocol::TokenInfo>& tokens, bool complete,
                        const RemoteGhostOptions& options);

// What is being written is Chinese: the last letter or character is Han.
bool endsInHan(const QString& before);

// The first word of `ghost`, as the word bar would have it: with the letters typed before it.
QString firstWordOfGhost(const QString& before, const QString& ghost);

} // namespace linnet::services
