// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/curl_multi.h"

#include <QtAssert>

#include <algorithm>

namespace lunargate {

namespace {

// Idle connections kept for further requests, to all providers together.
constexpr long kKeptConnections = 256;
// Idle handles kept: each holds a few KiB.
constexpr size_t kKeptHandles = 64;

CURLM *makeMulti()
{
    static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT); // once a process
    CURLM *multi = initialized == CURLE_OK ? curl_multi_init() : nullptr;
    if (!multi)
        qFatal("libcurl cannot be initialized");
    return multi;
}

// libcurl before 8.15 writes the frame that cancels an HTTP/2 stream into a buffer and leaves it there until the
// connection is used again (curl/curl issue 17611): the provider would go on working for nobody.
bool cancelsStreamsAtOnce()
{
    constexpr unsigned int fixedIn = 0x080f00;
    static const bool isFixed = curl_version_info(CURLVERSION_NOW)->version_num >= fixedIn;
    return isFixed;
}

} // namespace

CurlMulti::CurlMulti()
    : m_multi(makeMulti()), m_timer([this] { act(CURL_SOCKET_TIMEOUT, 0); }), m_tellTimer([this] { tell(); })
{
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETFUNCTION, &CurlMulti::onSocket);
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERFUNCTION, &CurlMulti::onTimer);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_MAXCONNECTS, kKeptConnections);
}

CurlMulti::~CurlMulti()
{
    for (CURL *handle : m_idleHandles)
        curl_easy_cleanup(handle);
    curl_multi_cleanup(m_multi); // calls onSocket() for the connections that it closes
}

CURL *CurlMulti::takeHandle()
{
    if (m_idleHandles.empty())
        return curl_easy_init();
    CURL *handle = m_idleHandles.back();
    m_idleHandles.pop_back();
    return handle;
}

void CurlMulti::giveBack(CURL *handle)
{
    if (m_idleHandles.size() >= kKeptHandles) {
        curl_easy_cleanup(handle);
        return;
    }
    curl_easy_reset(handle);
    m_idleHandles.push_back(handle);
}

void CurlMulti::start(CURL *handle, CurlTransfer &transfer)
{
    Q_ASSERT(!m_isPerforming);
    curl_easy_setopt(handle, CURLOPT_PRIVATE, &transfer);
    if (curl_multi_add_handle(m_multi, handle) != CURLM_OK) {
        transfer.onDone(CURLE_FAILED_INIT);
        return;
    }
    // With a kept connection this sends the request, a turn of the event loop sooner than curl's timer would.
    perform(CURL_SOCKET_TIMEOUT, 0);
    if (!m_changed.empty())
        m_tellTimer.start(Clock::now()); // the caller is a coroutine: no other is to be resumed on its stack
}

void CurlMulti::stop(CURL *handle)
{
    Q_ASSERT(!m_isPerforming);
    if (cancelsStreamsAtOnce()) {
        curl_multi_remove_handle(m_multi, handle);
        return;
    }
    long version = 0; // of its answer, once that began
    curl_easy_getinfo(handle, CURLINFO_HTTP_VERSION, &version);
    curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L); // closes the connection, if no other call shares it
    m_hasLeftASocket = false;
    curl_multi_remove_handle(m_multi, handle);
    if (!m_hasLeftASocket && version != CURL_HTTP_VERSION_1_1)
        flush();
}

// Which of the sockets it is curl does not tell.
void CurlMulti::flush()
{
    std::vector<curl_socket_t> sockets;
    for (const auto &[socket, watch] : m_watches) {
        if (watch.read.isEnabled())
            sockets.push_back(socket);
    }
    for (const curl_socket_t socket : sockets)
        perform(socket, CURL_CSELECT_OUT);
    if (!m_changed.empty())
        m_tellTimer.start(Clock::now());
}

void CurlMulti::tellLater(CurlTransfer &transfer)
{
    if (transfer.m_isListed)
        return;
    transfer.m_isListed = true;
    m_changed.push_back(&transfer);
    if (!m_isPerforming) // otherwise whoever performs sees to it
        m_tellTimer.start(Clock::now());
}

void CurlMulti::forget(CurlTransfer &transfer)
{
    if (transfer.m_isListed)
        std::ranges::replace(m_changed, &transfer, nullptr);
    transfer.m_isListed = false;
}

int CurlMulti::onSocket(CURL *, curl_socket_t socket, int what, void *self, void *)
{
    auto *multi = static_cast<CurlMulti *>(self);
    if (what == CURL_POLL_REMOVE)
        multi->m_hasLeftASocket = true;
    Watch &watch = multi->watchOf(socket);
    watch.read.setEnabled(what == CURL_POLL_IN || what == CURL_POLL_INOUT);
    watch.write.setEnabled(what == CURL_POLL_OUT || what == CURL_POLL_INOUT);
    return 0;
}

int CurlMulti::onTimer(CURLM *, long milliseconds, void *self)
{
    Timer &timer = static_cast<CurlMulti *>(self)->m_timer;
    if (milliseconds < 0)
        timer.stop();
    else
        timer.start(Clock::now() + std::chrono::milliseconds(milliseconds));
    return 0;
}

CurlMulti::Watch &CurlMulti::watchOf(curl_socket_t socket)
{
    const auto [position, isNew] = m_watches.try_emplace(socket);
    Watch &watch = position->second;
    if (isNew) {
        watch.read.setSocket(socket);
        watch.write.setSocket(socket);
        QObject::connect(&watch.read, &QSocketNotifier::activated, &watch.read,
                         [this, socket] { act(socket, CURL_CSELECT_IN); });
        QObject::connect(&watch.write, &QSocketNotifier::activated, &watch.write,
                         [this, socket] { act(socket, CURL_CSELECT_OUT); });
    }
    return watch;
}

void CurlMulti::act(curl_socket_t socket, int events)
{
    perform(socket, events);
    tell();
}

void CurlMulti::perform(curl_socket_t socket, int events)
{
    Q_ASSERT(!m_isPerforming);
    m_isPerforming = true;
    int running = 0;
    curl_multi_socket_action(m_multi, socket, events, &running);
    collectDone();
    m_isPerforming = false;
}

void CurlMulti::collectDone()
{
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(m_multi, &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *handle = message->easy_handle;
        const CURLcode code = message->data.result; // the message ends with the next call
        CurlTransfer *transfer = nullptr;
        curl_easy_getinfo(handle, CURLINFO_PRIVATE, &transfer);
        curl_multi_remove_handle(m_multi, handle);
        transfer->onDone(code);
    }
}

void CurlMulti::tell()
{
    // One at a time from the list itself: each may start, end and destroy others.
    while (!m_changed.empty()) {
        CurlTransfer *transfer = m_changed.front();
        m_changed.pop_front();
        if (!transfer)
            continue;
        transfer->m_isListed = false;
        transfer->onChanged();
    }
}

} // namespace lunargate
