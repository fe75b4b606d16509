#pragma once

#include <QMetaType>
#include <QString>

#include "services/remote_error.h"

namespace linnet::services {

// For the status bar: whether text leaves the machine.
struct RemoteStatus {
    QString server; // to which text goes; empty: it stays here
    // Why a server that should be used is not.
    QString troubled; // its name; empty: no trouble
    RemoteError error;

    bool isLocal() const { return server.isEmpty(); }
};

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::RemoteStatus)
