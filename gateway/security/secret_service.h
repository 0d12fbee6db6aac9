// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QDBusMessage;

namespace lunargate {

/// What the desktop's Secret Service says of its default collection. If that is locked, libsecret finds nothing and
/// removes nothing, without telling why.
enum class CollectionState {
    Open,
    Locked,
    Absent,  ///< there is no such service, or no such collection
    Unknown, ///< it keeps silent, or fails
};

/// Asks for it; waits for two seconds at most.
CollectionState secretCollectionState();

/// What an answer to that means.
CollectionState collectionStateOf(const QDBusMessage &answer);

} // namespace lunargate
