#include "ui/remote_words.h"

#include <QCoreApplication>

namespace linnet::ui {

namespace {

// For lupdate: the texts below are in the context RemoteWords.
struct RemoteWords {
    Q_DECLARE_TR_FUNCTIONS(RemoteWords)
};

} // namespace

QString explainRemoteError(const services::RemoteError& error, const QString& server) {
    using services::RemoteErrorKind;
    const auto say = [&](const QString& text) { return text.arg(server); };
    // The server's own words, where they help.
    const auto quote = [&](const QString& text) {
        return error.detail.isEmpty()
                   ? say(text)
                   : twoSentences(say(text), RemoteWords::tr("It says: %1").arg(error.detail));
    };
    switch (error.kind) {
    case RemoteErrorKind::TokenLocked:
        return say(RemoteWords::tr("The keychain is locked, so “%1” was not asked. Unlock it and "
                                   "test the connection, or type the token for this run."));
    case RemoteErrorKind::Unauthorized:
        return quote(RemoteWords::tr("“%1” does not accept the token (401). It may be missing, "
                                     "mistyped or replaced: enter the one that holds now."));
    case RemoteErrorKind::Forbidden:
        return quote(RemoteWords::tr("“%1” does not allow this with your token (403). Choose "
                                     "another model, or ask its keeper for access."));
    case RemoteErrorKind::NotFound:
        return quote(RemoteWords::tr("“%1” has no such model or service (404). Check the address, "
                                     "test the connection and choose a model that it lists."));
    case RemoteErrorKind::TooManyRequests:
        return say(RemoteWords::tr("“%1” has had too many requests (429). Linnet waits and asks "
                                   "again by itself."));
    case RemoteErrorKind::Busy:
        return say(RemoteWords::tr("“%1” is busy or still loading its models (503). Linnet asks "
                                   "again by itself."));
    case RemoteErrorKind::Rejected:
        return quote(RemoteWords::tr("“%1” does not understand the request (%2). Remove the extra "
                                     "fields of this server, or choose another model.")
                         .replace(QLatin1String("%2"), QString::number(error.status)));
    case RemoteErrorKind::ServerFailed:
        return quote(RemoteWords::tr("“%1” failed while it was answering. Linnet asks again by "
                                     "itself; if it stays so, tell its keeper."));
    case RemoteErrorKind::Redirected:
        return say(RemoteWords::tr("“%1” sends requests on to %2. That is not followed, so that "
                                   "your token goes nowhere else: enter that address if you trust "
                                   "it.")
                       .replace(QLatin1String("%2"), error.detail));
    case RemoteErrorKind::HostUnknown:
        return say(RemoteWords::tr("There is no computer with the address of “%1”. Check the "
                                   "address and the network."));
    case RemoteErrorKind::Refused:
        return say(RemoteWords::tr("Nothing answers at the address of “%1”. Check that the server "
                                   "runs, the port and the network."));
    case RemoteErrorKind::Broken:
        return say(RemoteWords::tr("The connection to “%1” broke off. Linnet asks again by "
                                   "itself."));
    case RemoteErrorKind::Timeout:
        return say(RemoteWords::tr("“%1” does not answer in time. Linnet asks again by itself; if "
                                   "it stays so, choose a smaller model or another server."));
    case RemoteErrorKind::Tls:
        return quote(RemoteWords::tr("“%1” cannot prove who it is, so nothing was sent. If it is "
                                     "your own server, choose its certificate here."));
    case RemoteErrorKind::Certificate:
        return say(RemoteWords::tr("The certificate file for “%1” cannot be read. Choose a file "
                                   "with a PEM certificate."));
    case RemoteErrorKind::Proxy:
        return quote(RemoteWords::tr("The system’s proxy did not let “%1” be reached. Check the "
                                     "proxy settings of the system."));
    case RemoteErrorKind::BadAnswer:
        break;
    }
    return say(RemoteWords::tr("What answers at the address of “%1” does not speak the API of "
                               "OpenAI. Check the address: some servers want a path such as "
                               "/openai."));
}

QString explainTokenState(services::TokenState state, const QString& problem) {
    using services::TokenState;
    switch (state) {
    case TokenState::Unknown:
        return RemoteWords::tr("The keychain is asked for the token with the first request.");
    case TokenState::Asking:
        return RemoteWords::tr("Waiting for the keychain; it may be asking you to unlock it.");
    case TokenState::None:
        return RemoteWords::tr("No token is known. Servers on your own network often need none.");
    case TokenState::Saving:
        return RemoteWords::tr(
            "The token is used already; the keychain is being asked to keep it.");
    case TokenState::Kept:
        return RemoteWords::tr("The token is kept in the system’s keychain and nowhere else.");
    case TokenState::MemoryOnly:
        break;
    case TokenState::Locked:
        return RemoteWords::tr(
            "The keychain is locked, so the token is not known. Unlock it and ask again, or "
            "type the token for this run.");
    case TokenState::Unavailable:
        return RemoteWords::tr(
            "This computer has no keychain that works. A token that you type is kept in "
            "memory until Linnet is closed, and never in a file.");
    }
    const QString text =
        RemoteWords::tr("The token is kept in memory until Linnet is closed, and in no file: "
                        "the keychain did not take it.");
    return problem.isEmpty() ? text
                             : twoSentences(text, RemoteWords::tr("It says: %1").arg(problem));
}

QString explainAddressProblem(services::AddressProblem problem) {
    using services::AddressProblem;
    switch (problem) {
    case AddressProblem::None:
        break;
    case AddressProblem::Empty:
        return RemoteWords::tr("Enter the address of the server, such as http://localhost:8642.");
    case AddressProblem::NotAnAddress:
        return RemoteWords::tr(
            "This is not an address. It should look like https://studio.example/v1.");
    case AddressProblem::Scheme:
        return RemoteWords::tr("The address must begin with http:// or https://.");
    case AddressProblem::Secret:
        return RemoteWords::tr(
            "Leave the name and the password out of the address; the token has its own "
            "field.");
    case AddressProblem::Query:
        return RemoteWords::tr("Leave out what follows “?” or “#”.");
    }
    return {};
}

QString twoSentences(const QString& first, const QString& second) {
    return RemoteWords::tr("%1 %2").arg(first, second);
}

QString nameOf(const services::RemoteProfile& profile) {
    const QString name = services::shownName(profile);
    return name.isEmpty() ? RemoteWords::tr("New server") : name;
}

} // namespace linnet::ui
