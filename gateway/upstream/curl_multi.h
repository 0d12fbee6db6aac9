// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"

#include <QSocketNotifier>

#include <curl/curl.h>

#include <deque>
#include <unordered_map>
#include <vector>

namespace lunargate {

/// What CurlMulti tells the owner of a transfer.
class CurlTransfer
{
public:
    CurlTransfer() = default;
    CurlTransfer(const CurlTransfer &) = delete;
    CurlTransfer &operator=(const CurlTransfer &) = delete;
    virtual ~CurlTransfer() = default;

    /// It ended. Its handle has left the multi handle and may be asked for details and given back. Must not resume
    /// coroutines.
    virtual void onDone(CURLcode code) = 0;
    /// Follows CurlMulti::tellLater(), outside of curl. May resume coroutines, which may destroy the transfer and
    /// others and start new ones.
    virtual void onChanged() = 0;

private:
    friend class CurlMulti;
    bool m_isListed = false; // waits for its onChanged()
};

/// Drives the transfers of one thread with its Qt event loop: curl's sockets and timer on one side, CurlTransfer on the
/// other.
///
/// curl forbids nearly every call from inside its callbacks. So they only store what they are told and ask for
/// tellLater(); the transfers hear of it when curl has returned.
///
/// Belongs to the thread that made it. Must not be destroyed from inside onChanged().
class CurlMulti
{
public:
    CurlMulti();
    ~CurlMulti();
    CurlMulti(const CurlMulti &) = delete;
    CurlMulti &operator=(const CurlMulti &) = delete;

    /// A handle without any option set; null when there is no memory.
    CURL *takeHandle();
    /// Takes back a handle that is in no transfer.
    void giveBack(CURL *handle);

    /// Starts the transfer and goes as far as it can at once. Not from inside a curl callback.
    void start(CURL *handle, CurlTransfer &transfer);
    /// Ends a transfer that has not ended by itself, and closes its connection, or over HTTP/2 its stream, if other
    /// calls share the connection. The provider is told at once.
    void stop(CURL *handle);
    /// Has onChanged() called, once, from the event loop. May be called from curl's callbacks.
    void tellLater(CurlTransfer &transfer);
    /// `transfer` goes away.
    void forget(CurlTransfer &transfer);

private:
    /// The two notifiers of one descriptor. They stay when curl loses interest: a kept connection comes back with
    /// every request.
    struct Watch
    {
        QSocketNotifier read{QSocketNotifier::Read};
        QSocketNotifier write{QSocketNotifier::Write};
    };

    static int onSocket(CURL *handle, curl_socket_t socket, int what, void *self, void *socketData);
    static int onTimer(CURLM *multi, long milliseconds, void *self);

    Watch &watchOf(curl_socket_t socket);
    void act(curl_socket_t socket, int events);
    void perform(curl_socket_t socket, int events);
    /// Has curl write what waits in its buffers, to the sockets that are in use.
    void flush();
    void collectDone();
    void tell();

    CURLM *m_multi;
    std::unordered_map<curl_socket_t, Watch> m_watches;
    std::vector<CURL *> m_idleHandles;
    std::deque<CurlTransfer *> m_changed; // null: went away
    Timer m_timer;                        // curl's own
    Timer m_tellTimer;                    // for what start() found out
    bool m_isPerforming = false;
    bool m_hasLeftASocket = false; // curl lost interest in one, since this was last cleared
};

} // namespace lunargate
