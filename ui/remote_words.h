#pragma once

#include <QString>

#include "services/remote_error.h"
#include "services/remote_profile.h"
#include "services/token_keeper.h"

namespace linnet::ui {

// What went wrong with the server called `server`, and what to do about it, in the writer's words.
QString explainRemoteError(const services::RemoteError& error, const QString& server);

// Where the token is. `problem`: what the keychain said.
QString explainTokenState(services::TokenState state, const QString& problem);

// Empty: the address is good.
QString explainAddressProblem(services::AddressProblem problem);

// With a space between them where the language wants one.
QString twoSentences(const QString& first, const QString& second);

// A profile's name, or what stands for it.
QString nameOf(const services::RemoteProfile& profile);

} // namespace linnet::ui
