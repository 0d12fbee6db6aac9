// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"
#include "gateway/security/public_key_store.h"

namespace lunargate {

/// Fetches the public keys that tokens are checked with, for all workers, in the background of one: it goes on when the
/// client leaves. Made for a moment; all that it is given outlives it.
class PublicKeyRefresh
{
public:
    /// `runtime` asks for tokens.
    PublicKeyRefresh(std::shared_ptr<const Runtime> runtime, Transport &network, BackgroundTasks &background);

    /// Begins to if they are missing or old, or if their file has changed, which is looked for once in a second. Those
    /// that are there do until the new ones are; a file is read at once.
    void startIfOld();
    /// Begins to for a token that needs another one, unless that was tried just now.
    void startForUnknownKey();
    /// See PublicKeyStore::isFetching().
    bool isRunning() const { return store().isFetching(); }
    /// Waits for what comes of it, as long as `security.jwt.timeout` says.
    Task<> outcome();

private:
    void start(std::optional<PublicKeyStore::Claim> claim);
    PublicKeyStore &store() const { return *m_runtime->publicKeys; }

    std::shared_ptr<const Runtime> m_runtime;
    Transport &m_network;
    BackgroundTasks &m_background;
};

} // namespace lunargate
