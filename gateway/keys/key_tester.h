// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/keys/key_list.h"
#include "gateway/models/fetch_models.h"

#include <memory>
#include <optional>

namespace lunargate {

/// What a service says of a key.
struct KeyVerdict
{
    enum class Kind {
        Accepted,
        Rejected,    ///< it does not take the key
        Unreachable, ///< nobody answered
        Unclear,     ///< it answered, but not about the key
    };

    Kind kind = Kind::Unclear;
    int status = 0;         ///< the answer's; 0: there was none, or it made no sense
    qsizetype models = 0;   ///< that the service listed
    QByteArray detail = {}; ///< a sentence where that is not plain; never has the key in it
};

/// The service to try a key at: the provider among `providers` that uses it and is at the origin that it is bound to,
/// or else the known service, or else a compatible one, there. Nothing if the key is bound to no origin and used by
/// none.
std::optional<ProviderConfig> serviceOfKey(const KeyRow &key, const std::vector<ProviderConfig> &providers);

/// Tries keys by asking services for their models, which costs nothing. Belongs to a thread with an event loop.
class KeyTester
{
public:
    KeyTester();
    ~KeyTester();

    /// Asks `service` without a key and then, unless it takes that, with `entry` as its key, for 20 seconds at most in
    /// all. Sends nothing if the key belongs to another origin. The tester outlives the task.
    Task<KeyVerdict> test(ProviderConfig service, KeychainEntry entry);

private:
    std::unique_ptr<Transport> m_network;
};

} // namespace lunargate
